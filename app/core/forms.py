"""Base of all forms (入力様式): Japanese messages, text cleaned once on its way in."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError

from app.core.posted_form import new_form_key
from app.core.text import count_characters, is_blank, normalize_input


class FormKeyField(HiddenField):
    """Key of one showing of a form (送信キー), made anew whenever it is shown."""

    def _value(self) -> str:
        return new_form_key()


class JaForm(FlaskForm):
    """Form whose messages are Japanese; Flask-WTF ignores the `locales` of WTForms.

    It carries a key of its own: sent twice, it acts once (P04).
    """

    form_key = FormKeyField()

    class Meta(FlaskForm.Meta):
        """Meta of the form."""

        def get_translations(self, form: Any) -> Any:
            """Take the Japanese catalogue of WTForms."""
            return get_translations(("ja",))

    def error_list(self) -> list[tuple[str, str, str]]:
        """Errors as (field id, label, message) in the order of the fields (エラーの一覧)."""
        return [
            (field.id, field.label.text, str(message))
            for field in self
            for message in _flat(field.errors)
        ]

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of a service at their fields, others on top (サービスの指摘を項目へ)."""
        for name, messages in errors.items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors.extend(messages)
            else:
                field.errors = [*field.errors, *messages]


def _flat(errors: Any) -> list[Any]:
    found: list[Any] = []
    for error in errors:
        found += _flat(error) if isinstance(error, (list, tuple)) else [error]
    return found


def clean(value: str | None) -> str:
    """Filter of text fields: NFC, no control characters, outer blanks gone (入力の正規化)."""
    return normalize_input(value or "")


class Required:
    """Validator: the field holds more than blanks. The words name the field and what to do."""

    field_flags = {"required": True}

    def __init__(self, message: str | None = None) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError when there is nothing but blanks."""
        if not field.data or (isinstance(field.data, str) and is_blank(field.data)):
            raise ValidationError(self.message or f"{field.label.text}を入力してください")


class CharacterLimit:
    """Validator: at most `limit` characters as a person counts them, newlines not counted."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError with the number of characters over the limit."""
        over = count_characters(field.data or "") - self.limit
        if over > 0:
            raise ValidationError(
                f"{field.label.text}は{self.limit}文字以内で入力してください（{over}文字超えています）"
            )
