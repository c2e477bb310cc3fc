"""Form of the settings of the form check (形式確認の設定の入力様式)."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from app.core.forms import clean
from app.core.text import is_blank
from app.proposals.correction_targets import correction_targets
from app.rounds.models import CorrectionPhrase, FormCheckItem, Round
from app.rounds.queries import correction_phrases, form_check_items
from app.triage.forms.base import RowsForm, as_number
from app.triage.services.check_settings import ChangeChecklist, SettingRow

NEW_ROWS = 2
MOST_ROWS = 60
NO_TARGET = "決めない"


class SettingForm(Form):
    """One row of the settings (設定の行)."""

    id = StringField("行の番号")
    position = IntegerField("順番", [Optional()])
    label = StringField("名称", filters=[clean])
    words = TextAreaField("説明", filters=[clean])
    target = SelectField("対象", validate_choice=False)
    is_active = BooleanField("使う")

    def is_unused(self) -> bool:
        """Whether it is a row for something new that was left empty."""
        return not self.id.data and is_blank(self.label.data) and is_blank(self.words.data)


class ChecklistSettingsForm(RowsForm):
    """Lines by hand and phrases of a round (形式確認の設定)."""

    items = FieldList(FormField(SettingForm), max_entries=MOST_ROWS)
    phrases = FieldList(FormField(SettingForm), max_entries=MOST_ROWS)

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        items = form_check_items(round_, only_active=False)
        phrases = correction_phrases(round_, only_active=False)
        super().__init__(
            *args,
            items=[*(_shown(row, row.help) for row in items), *_new(len(items))],
            phrases=[*(_shown(row, row.text) for row in phrases), *_new(len(phrases))],
            **kwargs,
        )
        choices = {"": NO_TARGET, **correction_targets(round_)}
        for row in [*self.items, *self.phrases]:
            row.form.target.choices = choices
        for row in self.phrases:
            row.form.words.label.text = "文"

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of the service at the fields they name."""
        # Rows left empty were not sent on: the service counts without them.
        fields = {
            f"{name}-{index}-{single.short_name}": single
            for name in ("items", "phrases")
            for index, row in enumerate(self._used(name))
            for single in row
        }
        for name, messages in errors.items():
            fields[name].errors = [*fields[name].errors, *messages]
            # The title of the page asks the form, and the form asks its fields.
            self[name.partition("-")[0]].errors = list(messages)

    def to_command(self) -> ChangeChecklist:
        """Make the command of the form."""
        return ChangeChecklist(
            version=self.opened_version,
            items=tuple(_row(row) for row in self._used("items")),
            phrases=tuple(_row(row) for row in self._used("phrases")),
        )

    def _used(self, name: str) -> list[SettingForm]:
        return [row.form for row in self[name] if not row.form.is_unused()]


def _shown(row: FormCheckItem | CorrectionPhrase, words: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "position": row.position,
        "label": row.label,
        "words": words,
        "target": row.target,
        "is_active": row.is_active,
    }


def _new(count: int) -> list[dict[str, Any]]:
    return [
        {"position": position, "is_active": True}
        for position in range(count + 1, min(count + NEW_ROWS, MOST_ROWS) + 1)
    ]


def _row(row: SettingForm) -> SettingRow:
    return SettingRow(
        id=as_number(row.id.data),
        position=row.position.data if row.position.data is not None else MOST_ROWS,
        label=row.label.data or "",
        words=row.words.data or "",
        target=row.target.data or "",
        is_active=bool(row.is_active.data),
    )
