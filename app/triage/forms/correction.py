"""Form of a return (差戻しの入力様式): what to correct and why, with phrases to start from."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from app.core.forms import clean
from app.core.text import is_blank
from app.proposals.correction_targets import correction_targets
from app.rounds.models import CorrectionPhrase, Round
from app.triage.checklist import CheckLine
from app.triage.forms.base import CHOOSE, RowsForm
from app.triage.services.form_check import Correction, ReturnForCorrection

FIRST_ROWS = 3
ADDED_ROWS = 3
MOST_ROWS = 40
NO_PHRASE = "使わない"


class CorrectionRow(Form):
    """One thing to correct and why (補正の項目); `targets` are the labels of what can be named."""

    targets: Mapping[str, str] = {}
    field = SelectField("補正してほしいところ", validate_choice=False)
    phrase = SelectField("文例", validate_choice=False)
    reason = TextAreaField("補正してほしい理由", filters=[clean])

    def validate_field(self, field: SelectField) -> None:
        """Refuse a reason that belongs to nothing, and what the form does not have."""
        if not field.data and not is_blank(self.reason.data):
            raise ValidationError("どこについての理由かを選んでください")
        if field.data and field.data not in self.targets:
            raise ValidationError("補正してほしいところを一覧から選んでください")

    def validate_reason(self, field: TextAreaField) -> None:
        """Refuse something to correct without its reason."""
        label = self.targets.get(self.field.data or "")
        if label and is_blank(field.data):
            raise ValidationError(f"「{label}」を補正してほしい理由を入力してください")

    @property
    def is_unused(self) -> bool:
        """Whether nothing was put into the row."""
        return not self.field.data and not self.phrase.data and is_blank(self.reason.data)


class ReturnForm(RowsForm):
    """Return to the body (差戻し); rows left empty are ignored, a thing may have several rows."""

    items = FieldList(FormField(CorrectionRow), min_entries=FIRST_ROWS, max_entries=MOST_ROWS)

    def __init__(
        self,
        *args: Any,
        round_: Round,
        phrases: Sequence[CorrectionPhrase],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._targets = correction_targets(round_)
        self._phrases = {str(row.id): row for row in phrases}
        for row in self.items:
            self._offer(row.form)
            self._use_phrase(row.form)

    def _offer(self, row: CorrectionRow) -> None:
        row.targets = self._targets
        row.field.choices = {"": CHOOSE, **self._targets}
        row.phrase.choices = [
            ("", NO_PHRASE, {}),
            *(
                (key, phrase.label, {"data-text": phrase.text, "data-target": phrase.target})
                for key, phrase in self._phrases.items()
            ),
        ]

    def _use_phrase(self, row: CorrectionRow) -> None:
        """Put a chosen phrase in front of what was typed; the browser may have done so already."""
        phrase = self._phrases.get(row.phrase.data or "")
        row.phrase.data = ""
        if phrase is None:
            return
        typed = row.reason.data or ""
        if phrase.text not in typed:
            row.reason.data = "\n".join(filter(None, [phrase.text, typed]))
        if not row.field.data and phrase.target in self._targets:
            row.field.data = phrase.target

    def add_rows(self, count: int = ADDED_ROWS) -> None:
        """Append empty rows, as far as there is room (行を増やす)."""
        for _ in range(min(count, MOST_ROWS - len(self.items))):
            self._offer(self.items.append_entry().form)

    def take(self, line: CheckLine, *, typed: str = "") -> bool:
        """Take a line of the checklist over into a row (補正の文に入れる); False without room.

        `typed` is what stands beside the line on the page, saved or not.
        """
        taken = (line.target, line.wish if is_blank(typed) else typed)
        if any((row.form.field.data, row.form.reason.data) == taken for row in self.items):
            return True
        row = next((row.form for row in self.items if row.form.is_unused), None)
        if row is None:
            if len(self.items) >= MOST_ROWS:
                return False
            row = self.items.append_entry().form
            self._offer(row)
        row.field.data, row.reason.data = taken
        return True

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of the service at the first row."""
        for messages in errors.values():
            self.add_errors_at(self.items, self.items[0].form.field, messages)

    def to_command(self) -> ReturnForCorrection:
        """Make the command of the form."""
        return ReturnForCorrection(
            version=self.opened_version,
            items=tuple(
                Correction(field=row.form.field.data, reason=row.form.reason.data or "")
                for row in self.items
                if row.form.field.data
            ),
        )
