"""Another date for what a destination owes (送付の期限の変更): both dates stay visible."""

from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.errors import IllegalTransition, InvalidInput
from app.core.text import is_blank
from app.handoffs.dues import change_due, running_due
from app.handoffs.lifecycle import check_handoff_version, record_handoff
from app.handoffs.models import Handoff
from app.handoffs.policy import authorize_direction
from app.handoffs.services.send import write_about
from app.handoffs.standing import follow_handoffs
from app.workflow.handoffs import HandoffState

NO_DATE = "この送付には、いま期限がありません。送付・回答の画面を開き直して確かめてください。"


@dataclass(frozen=True, kw_only=True)
class Redate:
    """Another date for the running term of a hand-off, with a reason (送付の期限の変更)."""

    version: int
    due_on: date | None
    reason: str


def redate_handoff(handoff: Handoff, command: Redate, *, actor: User) -> None:
    """Name another date for what a destination owes and tell it (送付の期限の変更).

    It is an announced date (日付指定) from then on. Raises NotAllowed, StaleVersion,
    IllegalTransition, InvalidInput.
    """
    authorize_direction(actor, handoff.proposal)
    check_handoff_version(handoff, command.version)
    running = running_due(handoff)
    if running is None:
        raise IllegalTransition(NO_DATE)
    former = running.due_on
    due_on = _checked(former, command)
    change_due(handoff, due_on, reason=command.reason, actor=actor)
    follow_handoffs(handoff.proposal)
    record_handoff(
        handoff,
        "redate",
        actor=actor,
        reason=command.reason,
        changes={"former_due_on": former.isoformat(), "due_on": due_on.isoformat()},
    )
    if handoff.state is not HandoffState.ANSWERED:
        write_about(handoff, "handoff_redated")


def _checked(former: date, command: Redate) -> date:
    errors: dict[str, list[str]] = {}
    problem = _date_problem(former, command.due_on)
    if problem:
        errors["due_on"] = [problem]
    if is_blank(command.reason):
        errors["reason"] = ["期限を変える理由を入力してください"]
    if errors or command.due_on is None:
        raise InvalidInput(errors)
    return command.due_on


def _date_problem(former: date, day: date | None) -> str:
    last_year = office_calendar().last_valid_year
    if day is None:
        return "新しい期限を入力してください"
    if day < clock.today():
        return "新しい期限は、今日以降の日付にしてください"
    if day.year > last_year:
        return f"{last_year}年より後は、休日が決まっていないため指定できません"
    return "今の期限と同じ日です。別の日を入力してください" if day == former else ""
