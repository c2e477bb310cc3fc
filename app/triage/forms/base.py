"""Base of the forms about a case (案件の入力様式の土台).

What a command needs is checked by its service, in one place; a form only refuses what cannot be
made into a command, such as a date that is none.
"""

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, FormField, IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from app.core.forms import JaForm
from app.rounds.models import Category

NO_VERSION = "画面を開き直してから、もう一度操作してください"
CHOOSE = "選んでください"
# Digits; every id of ours is shorter, and a database refuses what is longer.
LONGEST_NUMBER = 9


class CaseForm(JaForm):
    """A form about one case; `version` is the version the form was opened with (P05)."""

    version = IntegerField("画面の版", [InputRequired(NO_VERSION)], widget=HiddenInput())

    @property
    def opened_version(self) -> int:
        """Version the form was opened with."""
        return self.version.data or 0


class RowsForm(CaseForm):
    """A form with rows of fields: their errors are listed one by one (複数行の入力)."""

    def error_list(self) -> list[tuple[str, str, str]]:
        """Errors as (field id, label, message), those of the rows among them."""
        return [
            (field.id, field.label.text, str(message))
            for field in self.single_fields()
            for message in field.errors
        ]

    def single_fields(self) -> list[Any]:
        """Fields of the form with those of its rows, in their order."""
        found: list[Any] = []
        for field in self:
            if isinstance(field, FieldList):
                found += [single for row in field for single in row.form]
            elif isinstance(field, FormField):
                found += list(field.form)
            else:
                found.append(field)
        return found

    def add_errors_at(self, rows: "FieldList[Any]", single: Any, messages: Sequence[str]) -> None:
        """Put what a service says of all rows at a field of the first one."""
        single.errors = [*single.errors, *messages]
        # The title of the page asks the form, and the form asks its fields.
        rows.errors = [*rows.errors, *messages]


def category_choices(categories: Sequence[Category], *, none: str = CHOOSE) -> dict[str, str]:
    """Categories as choices of a select, after one for none (分類の選択肢)."""
    return {"": none, **{row.key: f"{row.code}　{row.short_label}" for row in categories}}


def as_number(text: str | None) -> int:
    """Whole number of a hidden field, 0 for anything else."""
    is_number = text is not None and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if text and is_number else 0
