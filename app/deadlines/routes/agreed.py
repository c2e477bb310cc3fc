"""Acts that are agreed to after a list was read (一覧を確かめてからの操作)."""

from collections.abc import Callable

from app.core.errors import StaleVersion
from app.core.forms import JaForm
from app.core.unit_of_work import unit_of_work

CHANGED_MEANWHILE = "確認のあとに、動く期限が変わりました。新しい一覧を確かめてください。"


def done_as_agreed(form: JaForm, work: Callable[[], object]) -> bool:
    """Do the work if the list of moved dates is still the one agreed to, else say so."""
    try:
        with unit_of_work():
            work()
    except StaleVersion:
        form.form_errors.append(CHANGED_MEANWHILE)
        return False
    return True
