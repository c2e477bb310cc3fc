"""Forms of the form check (形式確認の入力様式): accept, return."""

from collections.abc import Mapping, Sequence

from wtforms import FieldList, Form, FormField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from app.core.forms import clean
from app.core.text import is_blank
from app.proposals.content import FIELD_LABELS
from app.triage.forms.base import CHOOSE, CaseForm, RowsForm
from app.triage.services.form_check import Accept, Correction, ReturnForCorrection

CORRECTION_ROWS = 6


class AcceptForm(CaseForm):
    """Acceptance of the form (受理)."""

    note = TextAreaField(
        "メモ", filters=[clean], description="提案の履歴に残ります。提案団体には見えません。"
    )

    def to_command(self) -> Accept:
        """Make the command of the form."""
        return Accept(version=self.opened_version, note=self.note.data or "")


class CorrectionRow(Form):
    """One field to correct and why (補正の項目)."""

    field = SelectField(
        "補正してほしい項目", choices={"": CHOOSE, **FIELD_LABELS}, validate_choice=False
    )
    reason = TextAreaField("補正してほしい理由", filters=[clean])

    def validate_field(self, field: SelectField) -> None:
        """Refuse a reason that belongs to no field."""
        if not field.data and not is_blank(self.reason.data):
            raise ValidationError("どの項目についての理由かを選んでください")
        if field.data and field.data not in FIELD_LABELS:
            raise ValidationError("補正してほしい項目を一覧から選んでください")

    def validate_reason(self, field: TextAreaField) -> None:
        """Refuse a field without its reason."""
        if self.field.data in FIELD_LABELS and is_blank(field.data):
            label = FIELD_LABELS[self.field.data]
            raise ValidationError(f"「{label}」を補正してほしい理由を入力してください")


class ReturnForm(RowsForm):
    """Return to the body (差戻し); rows left empty are ignored."""

    items = FieldList(
        FormField(CorrectionRow), min_entries=CORRECTION_ROWS, max_entries=CORRECTION_ROWS
    )

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of the service at the first row."""
        for messages in errors.values():
            self.add_errors_at(self.items, self.items[0].form.field, messages)

    def to_command(self) -> ReturnForCorrection:
        """Make the command of the form."""
        rows = [row.form for row in self.items]
        return ReturnForCorrection(
            version=self.opened_version,
            items=tuple(
                Correction(field=row.field.data, reason=row.reason.data or "")
                for row in rows
                if row.field.data
            ),
        )
