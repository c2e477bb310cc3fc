"""Nothing is stored or asked for that nobody has decided about (P48, G1)."""

import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO

from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import JSON, Enum, LargeBinary, String
from wtforms.fields import StringField

from app.core.forms import JaForm
from app.extensions import Base
from app.personal_data.inventory import INVENTORY, classified_columns, classified_inputs
from app.proposals.content.answers import COLUMNS
from tests.accounts.browser import enter
from tests.factories import World

# Of every form: the key of its showing and the version that was looked at.
OF_ALL_FORMS = {"form_key", "version"}
# Amounts of a plan, a field for each kind of body and option: figures by their validator.
COSTS_FORM = "plans.forms.costs.CostsForm"


def stored_columns() -> set[str]:
    """Columns that can hold a text; what a closed list of words holds is none."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, (String, JSON, LargeBinary))
        and not isinstance(column.type, Enum)
    }


def forms(parent: type[JaForm] = JaForm) -> Iterator[type[JaForm]]:
    for form in parent.__subclasses__():
        # One that was made for the questions of a round is no part of its module.
        if getattr(sys.modules[form.__module__], form.__name__, None) is form:
            yield form
        yield from forms(form)


def asked_fields() -> set[str]:
    return {
        f"{form.__module__.removeprefix('app.')}.{form.__name__}.{name}"
        for form in forms()
        for name in dir(form)
        if form.__module__.startswith("app.")
        and issubclass(getattr(getattr(form, name), "field_class", object), StringField)
        and name not in OF_ALL_FORMS
        and not (form.__name__ == "CostsForm" and name not in ("note", "years"))
    }


def test_p48_every_column_is_decided_about_once(app: Flask) -> None:
    decided = Counter(classified_columns())

    assert {place for place, times in decided.items() if times > 1} == set()
    assert stored_columns() - decided.keys() == set(), "decide in app/personal_data/inventory"
    assert decided.keys() - stored_columns() == set(), "these columns are no more"


def test_p48_every_field_of_a_form_is_decided_about_once(app: Flask) -> None:
    decided = Counter(classified_inputs())

    assert {place for place, times in decided.items() if times > 1} == set()
    assert asked_fields() - decided.keys() == set(), "decide in app/personal_data/inventory"
    assert decided.keys() - asked_fields() == set(), "these fields are no more"


def test_p48_fields_of_a_proposal_are_columns_of_the_table_of_cases(app: Flask) -> None:
    decided = set(classified_columns())

    texts = {name for name in COLUMNS if f"proposal.{name}" in stored_columns()}

    assert {f"proposal.{name}" for name in texts} - decided == set()


def test_inventory_is_read_and_taken_out(app: Flask, world: World) -> None:
    page = enter(app, "auditor").get("/personal-data")
    book = enter(app, "officer1").post("/personal-data/export", data={"form": "xlsx"})
    plain = enter(app, "admin").post("/personal-data/export", data={"form": "csv"})

    sheet = load_workbook(BytesIO(book.data)).worksheets[0]
    labels = [row.label for row in INVENTORY]
    assert [label for label in labels if label not in page.text] == []
    assert [label for label in labels if label not in {cell.value for cell in sheet["A"]}] == []
    assert [label for label in labels if label not in plain.data.decode("utf-8-sig")] == []
    assert enter(app, "city-mgr").get("/personal-data").status_code == 403
