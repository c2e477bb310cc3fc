"""Forms that change the form of a round (様式の項目の入力様式)."""

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from app.core.forms import JaForm, Required, clean
from app.rounds.form_rules import FieldSettings, deciding_fields
from app.rounds.labels import (
    ADDED_KINDS,
    FIELD_AUDIENCE_HINTS,
    FIELD_AUDIENCE_LABELS,
    FIELD_KIND_LABELS,
    TEXT_KINDS,
)
from app.rounds.models import FieldAudience, FieldKind, FormField, Round
from app.rounds.round_form import choice_words, choices_of, fields_of
from app.rounds.services.form_fields import (
    CHOICE_KINDS,
    AddField,
    ChangeField,
    MoveField,
    RewordField,
)

ALWAYS = "いつでも尋ねる"
ALONE = "この項目だけで数える"
NO_LIMIT = "上限なし"
# No form has this version: one that was lost or garbled counts as stale.
UNKNOWN_VERSION = -1
LONGEST_NUMBER = 6  # digits
UP = "up"


def number_in(text: str | None) -> int | None:
    """Read a whole number (整数), None for anything else."""
    text = (text or "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


class FormVersionForm(JaForm):
    """A form that remembers the version of the round's form it was opened with (P05)."""

    version = HiddenField()

    def opened_version(self) -> int:
        """Version of the round's form; UNKNOWN_VERSION, which is stale, for anything else."""
        number = number_in(self.version.data)
        return UNKNOWN_VERSION if number is None else number


class RewordForm(FormVersionForm):
    """Other words for a field (言い回しの変更)."""

    label = StringField("項目名", [Required()], filters=[clean])
    help = TextAreaField(
        "説明", filters=[clean], description="項目名の下に出ます。上限の文字数は自動で付きます。"
    )

    def to_command(self) -> RewordField:
        """Make the command of the form."""
        return RewordField(
            version=self.opened_version(),
            label=self.label.data or "",
            help=self.help.data or "",
        )


class FieldForm(FormVersionForm):
    """Settings of a field (項目の設定); what its kind does not have is left out."""

    label = StringField(
        "項目名", [Required()], filters=[clean], description="表や書類の見出しにもなります。"
    )
    help = TextAreaField(
        "説明", filters=[clean], description="項目名の下に出ます。上限の文字数は自動で付きます。"
    )
    section = StringField(
        "見出し", filters=[clean], description="続く項目が同じ見出しなら、1回だけ出ます。"
    )
    is_required = BooleanField("必ず入力してもらう")
    choices = TextAreaField("選択肢", filters=[clean], description="1行に1つずつ書いてください。")
    character_limit = StringField(
        "文字数の上限", filters=[clean], description="空欄なら上限はありません。"
    )
    counted_with = SelectField("合わせて数える項目", validate_choice=False)
    condition = SelectField("尋ねるとき", validate_choice=False)
    keeps_hidden_answer = BooleanField(
        "尋ねなくなった項目の答えを、提出した後も残す",
        description="残さないときは、提出のときに消えます。消えることは提出前の画面に出ます。",
    )
    audience = RadioField(
        "読む人",
        choices={kind.value: FIELD_AUDIENCE_LABELS[kind] for kind in FieldAudience},
        validate_choice=False,
        default=FieldAudience.BODY_AND_SECRETARIAT.value,
    )

    # Helps of the readers, by value, for the page.
    hints = {kind.value: words for kind, words in FIELD_AUDIENCE_HINTS.items()}

    def offer(self, round_: Round, name: str, kind: FieldKind | None) -> None:
        """Offer what a field of this kind can be set to; None for a kind that is still to come."""
        self.conditions = {
            f"{row.name}={value}": (row.name, value)
            for row in deciding_fields(round_, name)
            for value in choices_of(row)
        }
        self.condition.choices = {"": ALWAYS, **_condition_words(round_, name)}
        texts = [row for row in fields_of(round_) if row.kind in TEXT_KINDS and row.name != name]
        self.counted_with.choices = {"": ALONE, **{row.name: row.label for row in texts}}
        if kind is not None and kind not in TEXT_KINDS:
            del self.character_limit, self.counted_with
        if kind is not None and kind not in CHOICE_KINDS:
            del self.choices

    def validate_condition(self, field: SelectField) -> None:
        """Refuse a condition that is not offered."""
        if field.data and field.data not in self.conditions:
            raise ValidationError("条件を一覧から選んでください")

    def validate_character_limit(self, field: StringField) -> None:
        """Refuse a limit that is no number."""
        if field.data and number_in(field.data) is None:
            raise ValidationError("文字数の上限は、半角の数字で入力してください")

    def validate_audience(self, field: RadioField) -> None:
        """Refuse readers that are none."""
        if field.data not in list(FieldAudience):
            raise ValidationError("読む人を選んでください")

    def settings(self) -> FieldSettings:
        """Return the settings as the service takes them."""
        deciding, value = self.conditions.get(self.condition.data or "", ("", ""))
        return FieldSettings(
            label=self.label.data or "",
            help=self.help.data or "",
            section=self.section.data or "",
            is_required=bool(self.is_required.data),
            character_limit=number_in(self._text("character_limit")),
            counted_with=self._text("counted_with"),
            choices=tuple(filter(None, map(clean, self._text("choices").split("\n")))),
            shown_when_field=deciding,
            shown_when_value=value,
            keeps_hidden_answer=bool(self.keeps_hidden_answer.data),
            audience=FieldAudience(self.audience.data),
        )

    def to_command(self) -> ChangeField:
        """Make the command of the form."""
        return ChangeField(version=self.opened_version(), settings=self.settings())

    def _text(self, name: str) -> str:
        return self[name].data or "" if name in self else ""


class NewFieldForm(FieldForm):
    """One more field of a form (項目の追加)."""

    kind = SelectField(
        "種類",
        choices={kind.value: FIELD_KIND_LABELS[kind] for kind in ADDED_KINDS},
        validate_choice=False,
        description="種類は後から変えられません。",
    )

    def validate_kind(self, field: SelectField) -> None:
        """Refuse a kind that is none."""
        if field.data not in ADDED_KINDS:
            raise ValidationError("種類を一覧から選んでください")

    def to_added(self) -> AddField:
        """Make the command of the form."""
        return AddField(
            version=self.opened_version(),
            kind=FieldKind(self.kind.data),
            settings=self.settings(),
        )


class MoveForm(FormVersionForm):
    """A field goes one place up or down (項目の移動)."""

    direction = HiddenField()

    def to_command(self) -> MoveField:
        """Make the command of the form."""
        return MoveField(version=self.opened_version(), is_up=self.direction.data == UP)


def field_form(round_: Round, field: FormField) -> FieldForm:
    """Make the form of one field, filled with what holds now (項目の設定)."""
    form = FieldForm(data=_values(round_, field))
    form.offer(round_, field.name, field.kind)
    return form


def new_field_form(round_: Round) -> NewFieldForm:
    """Make the form of a field to add (項目の追加)."""
    form = NewFieldForm(data={"version": str(round_.form_version)})
    form.offer(round_, "", None)
    return form


def reword_form(round_: Round, field: FormField) -> RewordForm:
    """Make the form of the words of one field (言い回し)."""
    return RewordForm(
        data={
            "version": str(round_.form_version),
            "label": field.label,
            "help": field.help,
        }
    )


def _values(round_: Round, field: FormField) -> dict[str, Any]:
    together = [
        row.name
        for row in fields_of(round_)
        if field.limit_group and row.limit_group == field.limit_group and row is not field
    ]
    condition = f"{field.shown_when_field}={field.shown_when_value}"
    return {
        "version": str(round_.form_version),
        "label": field.label,
        "help": field.help,
        "section": field.section,
        "is_required": field.is_required,
        "choices": "\n".join(field.choices),
        "character_limit": str(field.character_limit or ""),
        "counted_with": together[0] if together else "",
        "condition": condition if field.shown_when_field else "",
        "keeps_hidden_answer": field.keeps_hidden_answer,
        "audience": field.audience.value,
    }


def _condition_words(round_: Round, name: str) -> dict[str, str]:
    return {
        f"{row.name}={value}": f"「{row.label}」が「{choice_words(row, value)}」のとき"
        for row in deciding_fields(round_, name)
        for value in choices_of(row)
    }
