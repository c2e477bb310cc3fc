"""The blueprint of the batches, and how their forms are carried out (まとめて送付の画面)."""

from collections.abc import Callable

from flask import Blueprint

from app.audit.words import name_verbs
from app.batches.verbs import BATCH_WORDS
from app.core.errors import InvalidInput
from app.core.forms import JaForm
from app.core.unit_of_work import unit_of_work

blueprint = Blueprint("batches", __name__)
name_verbs(BATCH_WORDS)


def done(form: JaForm, work: Callable[[], object]) -> bool:
    """Do the work of a sent and valid form; put the refusals of the service at its fields."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work():
            work()
    except InvalidInput as error:
        form.add_errors(error.errors)
        return False
    return True


def status_of(form: JaForm) -> int:
    """422 for a form with something to put right, else 200."""
    return 422 if form.errors or form.form_errors else 200
