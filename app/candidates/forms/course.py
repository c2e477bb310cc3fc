"""Forms about the course of a candidate (対象候補の進行の様式)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.candidates.forms.fields import HOW_TO_WRITE, read_day, required_day
from app.candidates.services.course import (
    LONGEST_TEXT,
    MoveCandidate,
    PlanDates,
    ReportProgress,
)
from app.core import clock
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.proposals.forms.base import VersionForm
from app.workflow.candidates import (
    CANDIDATE_STATE_LABELS,
    PROGRESS_STATUS_LABELS,
    CandidateState,
    ProgressStatus,
)

_S = CandidateState


def _planned_field(state: CandidateState) -> StringField:
    label = f"{CANDIDATE_STATE_LABELS[state]}の予定日"
    return StringField(label, filters=[clean], description=HOW_TO_WRITE)


class MoveForm(VersionForm):
    """A step of a candidate (対象候補を進める)."""

    target = RadioField("次の状態", validate_choice=False)
    decided_on = StringField("決まった日", filters=[clean], description=HOW_TO_WRITE)
    reason = TextAreaField(
        "理由",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        filters=[clean],
        description="会議の名前や、決めた経緯。後の担当者が読んで分かるように書いてください。",
    )

    def __init__(self, *args: Any, targets: Sequence[CandidateState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target.choices = {row.value: CANDIDATE_STATE_LABELS[row] for row in targets}
        if not self.is_submitted():
            self.decided_on.data = clock.today().isoformat()
            if len(targets) == 1:
                self.target.data = targets[0].value

    def validate_target(self, field: RadioField) -> None:
        """Refuse what is no state."""
        if field.data not in list(CandidateState):
            raise ValidationError("次の状態を選んでください")

    def validate_decided_on(self, field: StringField) -> None:
        """Refuse what is no date."""
        required_day(field)

    def to_command(self) -> MoveCandidate:
        """Make the command of the form."""
        return MoveCandidate(
            version=self.expected_version(),
            target=CandidateState(self.target.data),
            decided_on=required_day(self.decided_on),
            reason=self.reason.data or "",
        )


class DatesForm(VersionForm):
    """When the states ahead shall be reached (節目の予定日); fields are named as the states."""

    selected = _planned_field(_S.SELECTED)
    studying = _planned_field(_S.STUDYING)
    plan_drafted = _planned_field(_S.PLAN_DRAFTED)
    consulted = _planned_field(_S.CONSULTED)
    agreed = _planned_field(_S.AGREED)
    in_service = _planned_field(_S.IN_SERVICE)
    reason = TextAreaField("理由", [Required(), CharacterLimit(LONGEST_TEXT)], filters=[clean])

    def __init__(self, *args: Any, states: Sequence[CandidateState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.states = states
        for state in CandidateState:
            if state.value in self._fields and state not in states:
                del self[state.value]

    def show(self, planned: dict[CandidateState, date | None]) -> None:
        """Fill in the dates as they stand (今の予定日)."""
        for field, state in zip(self.day_fields(), self.states, strict=True):
            day = planned.get(state)
            field.data = day.isoformat() if day else ""

    def day_fields(self) -> list[StringField]:
        """Fields of the states ahead, in their order (予定日の欄)."""
        return [self[state.value] for state in self.states]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse what is no date, besides what the fields refuse."""
        is_fine = bool(super().validate(extra_validators))
        for field in self.day_fields():
            try:
                read_day(field)
            except ValidationError as error:
                field.errors = [*field.errors, str(error)]
                is_fine = False
        return is_fine

    def to_command(self) -> PlanDates:
        """Make the command of the form."""
        return PlanDates(
            version=self.expected_version(),
            planned={
                state: read_day(field)
                for field, state in zip(self.day_fields(), self.states, strict=True)
            },
            reason=self.reason.data or "",
        )


class ProgressForm(JaForm):
    """A progress report (進捗報告)."""

    status = RadioField(
        "状況",
        choices={row.value: label for row, label in PROGRESS_STATUS_LABELS.items()},
        validate_choice=False,
    )
    text = TextAreaField("進捗の内容", [Required(), CharacterLimit(LONGEST_TEXT)], filters=[clean])
    reported_on = StringField("報告日", filters=[clean], description=HOW_TO_WRITE)
    next_on = StringField(
        "次の報告の予定日",
        filters=[clean],
        description=f"{HOW_TO_WRITE}。過ぎると、一覧と対象候補の画面に「超過」と出ます。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.reported_on.data = clock.today().isoformat()

    def validate_status(self, field: RadioField) -> None:
        """Refuse what is no status."""
        if field.data not in list(ProgressStatus):
            raise ValidationError("状況を選んでください")

    def validate_reported_on(self, field: StringField) -> None:
        """Refuse what is no date."""
        required_day(field)

    def validate_next_on(self, field: StringField) -> None:
        """Refuse what is no date."""
        read_day(field)

    def to_command(self) -> ReportProgress:
        """Make the command of the form."""
        return ReportProgress(
            status=ProgressStatus(self.status.data),
            text=self.text.data or "",
            reported_on=required_day(self.reported_on),
            next_on=read_day(self.next_on),
        )
