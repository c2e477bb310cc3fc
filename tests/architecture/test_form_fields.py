"""Fields of all forms: no address to send to is typed (P49), secrets are known by name (P17)."""

import re
import sys
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import String
from wtforms.fields import PasswordField, StringField
from wtforms.fields.core import UnboundField

from app.core.access import SECRET_FIELDS
from app.core.forms import JaForm
from app.notifications.models import OutboxMessage

LOOKS_LIKE_ADDRESS = re.compile(r"mail|address|recipient|^(to|cc|bcc)$|宛先|宛て|アドレス")
# The address of the account that is being made, where its owner is reached from then on.
OF_THE_ACCOUNT = {"InviteForm.email", "NewUserForm.email", "NewOutsiderForm.email"}
# A number of people, typed as a check.
NO_ADDRESS = {"ConfirmForm.typed"}


def forms(parent: type[JaForm] = JaForm) -> Iterator[type[JaForm]]:
    for form in parent.__subclasses__():
        if getattr(sys.modules[form.__module__], form.__name__, None) is form:
            yield form
        yield from forms(form)


def fields_of(form: type[JaForm], kind: type[StringField]) -> Iterator[tuple[str, UnboundField]]:
    for name in dir(form):
        field = getattr(form, name)
        if isinstance(field, UnboundField) and issubclass(field.field_class, kind):
            yield name, field


def written_fields(form: type[JaForm]) -> Iterator[tuple[str, str]]:
    """Name and label of each field that takes what somebody types."""
    for name, field in fields_of(form, StringField):
        label = field.args[0] if field.args else field.kwargs.get("label", "")
        yield f"{form.__name__}.{name}", str(label)


def test_p49_no_form_asks_for_an_address_to_send_to(app: Flask) -> None:
    asked = {
        place
        for form in forms()
        if form.__module__.startswith("app.")
        for place, label in written_fields(form)
        if LOOKS_LIKE_ADDRESS.search(place.split(".")[1]) or LOOKS_LIKE_ADDRESS.search(label)
    }

    assert asked == OF_THE_ACCOUNT | NO_ADDRESS


def test_p49_message_knows_its_recipient_as_an_account_alone(app: Flask) -> None:
    columns = OutboxMessage.__table__.columns
    texts = {column.name for column in columns if isinstance(column.type, String)}

    assert not columns["recipient_id"].nullable
    assert {name for name in texts if LOOKS_LIKE_ADDRESS.search(name)} == set()


def test_p17_what_a_page_of_trouble_leaves_out_names_every_secret(app: Flask) -> None:
    secrets = {name for form in forms() for name, _ in fields_of(form, PasswordField)}

    assert secrets == {"password", "present"}
    assert secrets <= SECRET_FIELDS
