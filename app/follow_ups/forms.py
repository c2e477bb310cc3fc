"""Forms of the follow-up (後続対応の入力様式)."""

from datetime import date
from typing import Any

from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, Required, clean
from app.core.text import is_blank
from app.follow_ups.models import OUTCOME_STATUS_LABELS, OutcomeStatus
from app.follow_ups.services import (
    LONGEST_NOTE,
    LONGEST_SOURCE,
    LONGEST_TEXT,
    RecordOutcome,
    WriteNote,
)
from app.proposals.forms.base import VersionForm

KNOWN_STATUSES = [row.value for row in OutcomeStatus]


class OutcomeForm(VersionForm):
    """The outcome of another process (他の手続の結果); `version` is the newest number seen."""

    status = RadioField(
        "状況",
        choices={row.value: label for row, label in OUTCOME_STATUS_LABELS.items()},
        validate_choice=False,
    )
    text = TextAreaField(
        "内容",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        filters=[clean],
        description="提案団体が読みます。その手続で何が決まり、これからどうなるかを書いてください。",
    )
    decided_on = StringField(
        "決定日",
        filters=[clean],
        description="「検討中」のときは空けておきます。例：令和6年12月24日、2024-12-24",
    )
    source = StringField(
        "出典",
        [Required(), CharacterLimit(LONGEST_SOURCE)],
        filters=[clean],
        description="資料の名前と頁、公表の場所など。",
    )

    def validate_status(self, field: Field) -> None:
        """Only the statuses there are."""
        if field.data not in KNOWN_STATUSES:
            raise ValidationError("状況を選んでください")

    def validate_decided_on(self, field: Field) -> None:
        """A day that exists, or nothing."""
        try:
            _day_in(field.data)
        except DomainError as error:
            raise ValidationError(str(error)) from error

    def to_command(self) -> RecordOutcome:
        """The command, of a valid form."""
        return RecordOutcome(
            seen=self.expected_version(),
            status=OutcomeStatus(self.status.data),
            text=self.text.data or "",
            decided_on=_day_in(self.decided_on.data),
            source=self.source.data or "",
        )


class NoteForm(VersionForm):
    """What later study should look at (参考リストのメモ)."""

    text = TextAreaField(
        "メモ",
        [Required(), CharacterLimit(LONGEST_NOTE)],
        filters=[clean],
        description="後の年度に検討する人が、何を、どこから調べればよいか。",
    )

    def to_command(self) -> WriteNote:
        """The command, of a valid form."""
        return WriteNote(version=self.expected_version(), text=self.text.data or "")


def _day_in(text: Any) -> date | None:
    return None if is_blank(text or "") else parse_date(text)
