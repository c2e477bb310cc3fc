"""Forms of the examination of replies (回答の確認の入力様式)."""

from datetime import date

from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from app.answers.services.examination import (
    TEXT_LIMIT,
    ExplainDifference,
    Reexamine,
    Settle,
)
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, clean
from app.core.text import is_blank
from app.triage.forms.base import CaseForm


class ReexamineForm(CaseForm):
    """Request to examine a reply again (再検討要請)."""

    text = TextAreaField(
        "再検討してほしいこと",
        [CharacterLimit(TEXT_LIMIT)],
        filters=[clean],
        description="回答した府省庁が読みます。送ると直せません。",
    )
    due_on = StringField(
        "回答の期限",
        filters=[clean],
        description="書かないときは、募集回の回答の期間を明日から数えます。例：令和6年9月30日",
    )

    def validate_due_on(self, field: StringField) -> None:
        """Refuse a text that is no date."""
        try:
            self.due_date()
        except DomainError as error:
            raise ValidationError(error.message) from error

    def due_date(self) -> date | None:
        """Day typed in either way of writing, None for nothing typed. Raises DateFormatError."""
        typed = self.due_on.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def to_command(self) -> Reexamine:
        """Make the command of the form."""
        return Reexamine(
            version=self.opened_version, text=self.text.data or "", due_on=self.due_date()
        )


class SettleForm(CaseForm):
    """Settling a reply (回答の確定)."""

    note = TextAreaField(
        "メモ",
        [CharacterLimit(TEXT_LIMIT)],
        filters=[clean],
        description="提案の履歴に残ります。団体と府省庁には見えません。",
    )

    def to_command(self) -> Settle:
        """Make the command of the form."""
        return Settle(version=self.opened_version, note=self.note.data or "")


class DifferenceForm(CaseForm):
    """Why a reply differs from the one of an earlier round (前回と違う理由)."""

    text = TextAreaField(
        "前回と違う理由",
        [CharacterLimit(TEXT_LIMIT)],
        filters=[clean],
        description="回答といっしょに団体の画面に出ます。公開した後は変えられません。",
    )

    def to_command(self) -> ExplainDifference:
        """Make the command of the form."""
        return ExplainDifference(version=self.opened_version, text=self.text.data or "")
