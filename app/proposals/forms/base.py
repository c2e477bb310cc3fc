"""What the forms of a proposal share (様式の共通部分): versions, limits of storage."""

from typing import Any

from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from app.core.forms import JaForm

# Far beyond the limits of any round: a draft may be too long, but not without end.
LONGEST_TEXT = 20_000
# No case has this version: a form whose version was lost or garbled counts as stale.
UNKNOWN_VERSION = -1
LONGEST_ID = 9  # digits; anything longer is no id of ours


class StorageLimit:
    """Validator: at most `maximum` code points, what the database holds; drafts too obey it."""

    def __init__(self, maximum: int = LONGEST_TEXT) -> None:
        self.maximum = maximum

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError with the number of characters over the maximum."""
        over = len(field.data or "") - self.maximum
        if over > 0:
            raise ValidationError(
                f"{field.label.text}は{self.maximum:,}文字以内で入力してください"
                f"（{over:,}文字超えています）"
            )


class VersionForm(JaForm):
    """Form that remembers the version of the case it was opened with (P05)."""

    version = HiddenField()

    def expected_version(self) -> int:
        """Version the form was opened with; UNKNOWN_VERSION, which is stale, for anything else."""
        sent = self.version.data
        # A number is what the page would show: nothing was sent, so nobody has seen that version.
        number = number_in(sent) if isinstance(sent, str) else None
        return UNKNOWN_VERSION if number is None else number


def number_in(text: str) -> int | None:
    """Return the number an identifier or version names, None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return int(text) if is_number else None
