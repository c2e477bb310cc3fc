"""What was sent and could not be served (送り直し, P17): shown to be sent again."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import request
from werkzeug.exceptions import HTTPException

from app.core.access import SECRET_FIELDS, typed_texts
from app.core.posted_form import FORM_KEY


class SentForm(NamedTuple):
    """A form on the page of a trouble (送った様式): fields for a button, texts to be copied.

    Without a button where nothing guards against a second effect (P04), where a field is a secret,
    or where a file would have to be chosen anew.
    """

    address: str = ""
    fields: Sequence[tuple[str, str]] = ()
    texts: Sequence[str] = ()


def sent_form() -> SentForm:
    """Return what the running request has sent (送った様式); nothing of what cannot be read."""
    if request.method != "POST":
        return SentForm()
    try:
        fields = [*request.form.items(multi=True)]
        has_file = any(file.filename for file in request.files.values())
    except HTTPException:
        return SentForm()
    names = {name for name, _ in fields}
    if has_file or FORM_KEY not in names or names & SECRET_FIELDS:
        return SentForm(texts=typed_texts())
    return SentForm(request.full_path.rstrip("?"), fields, typed_texts())
