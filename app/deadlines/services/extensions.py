"""Later dates for one case (期限の延長): asked for, decided, or given by a lead directly."""

from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date, format_date_short
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.deadlines.models import ChangeKind, ExtensionRequest
from app.deadlines.moves import Move
from app.deadlines.policy import authorize_ask, authorize_decide, authorize_extend
from app.deadlines.queries import waiting_request
from app.deadlines.services.moving import Ground, carry_out
from app.extensions import db
from app.proposals.clocks import calendar_of_holder, closures_within, running_clock
from app.proposals.lifecycle import check_version
from app.proposals.models import CaseClock, Proposal
from app.rounds.letters import write_in_round
from app.workflow.terms import Holder

LONGEST_REASON = 500  # characters
NO_DEADLINE = "延長できる期限は、今この提案にありません。提案の画面で、今の期限を確かめてください。"
OF_MINISTRY = (
    "府省庁が守る期限は、ここでは延長できません。"
    "提案の「送付・回答」の画面で、府省庁ごとに期限を変えてください。"
)
ALREADY_WAITING = (
    "この期限の延長は、既に申請されています。総括が申請を決めるまで、別の延長はできません。"
)
NOT_WAITING = "この申請は既に決まったか、期限が先に終わりました。提案の画面で確かめてください。"


@dataclass(frozen=True, kw_only=True)
class Extend:
    """A later date with its reason (期限の延長); it stands also on a closed day."""

    version: int
    due_on: date | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Decide:
    """What a lead says to a request (延長申請の決定)."""

    version: int
    request_id: int
    is_approved: bool | None
    reason: str


def extendable_clock(proposal: Proposal) -> CaseClock:
    """The period that runs now (延長できる期限). Raises IllegalTransition for none.

    A revisit date is no deadline: taken up again and put off anew, the case gets another one. A
    date of a ministry is changed on its hand-off, which the clock of the case follows.
    """
    running = running_clock(proposal)
    if running is not None and running.holder is Holder.MINISTRY:
        raise IllegalTransition(OF_MINISTRY)
    if running is None or running.office_days is None:
        raise IllegalTransition(NO_DEADLINE)
    return running


def ask_extension(proposal: Proposal, command: Extend, *, actor: User) -> ExtensionRequest:
    """Ask for a later date (延長の申請). A lead decides, never the one who asks.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    check_version(proposal, command.version)
    running = extendable_clock(proposal)
    authorize_ask(actor, proposal, running)
    if waiting_request(running) is not None:
        raise IllegalTransition(ALREADY_WAITING)
    wanted_on = _checked(running, command)
    request = ExtensionRequest(
        proposal_id=proposal.id,
        clock_id=running.id,
        wanted_on=wanted_on,
        reason=command.reason,
        asked_by_id=actor.id,
        asked_at=clock.now(),
    )
    db.session.add(request)
    db.session.flush()
    changes = {"wanted_on": wanted_on.isoformat()}
    _record("ask", proposal, running, actor, command.reason, changes)
    return request


def extend(proposal: Proposal, command: Extend, *, actor: User) -> None:
    """Give a case a later date as a lead (期限の延長), also after the date is over.

    Raises NotAllowed, StaleVersion, IllegalTransition (also while a request waits), InvalidInput.
    """
    check_version(proposal, command.version)
    running = extendable_clock(proposal)
    authorize_extend(actor, proposal)
    if waiting_request(running) is not None:
        raise IllegalTransition(ALREADY_WAITING)
    due_on = _checked(running, command)
    ground = Ground(kind=ChangeKind.EXTENSION, reason=command.reason, decided_by=actor)
    carry_out([_move(proposal, running, due_on)], ground)


def decide_extension(proposal: Proposal, command: Decide, *, actor: User) -> ExtensionRequest:
    """Approve or refuse a request (延長申請の決定), never one's own; tells who asked.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    check_version(proposal, command.version)
    running = extendable_clock(proposal)
    request = waiting_request(running)
    if request is None:
        raise IllegalTransition(NOT_WAITING)
    if request.id != command.request_id:
        raise StaleVersion(STALE_MESSAGE)
    authorize_decide(actor, request)
    _check_decision(running, request, command)
    request.decided_by_id, request.decided_at = actor.id, clock.now()
    request.is_approved, request.decision_reason = command.is_approved, command.reason
    db.session.flush()
    if command.is_approved:
        ground = Ground(
            kind=ChangeKind.EXTENSION,
            reason=request.reason,
            asked_by=request.asked_by,
            decided_by=actor,
        )
        carry_out([_move(proposal, running, request.wanted_on)], ground)
    else:
        changes = {"wanted_on": request.wanted_on.isoformat()}
        _record("refuse", proposal, running, actor, command.reason, changes)
    _tell(request, running)
    return request


def closed_day_warning(day: date) -> str:
    """Words about a named date on a closed day (閉庁日の知らせ), "" for an office day."""
    reason = office_calendar().closing_reason(day)
    if reason is None:
        return ""
    return f"{format_date(day)}は閉庁日（{reason}）です。期限は指定のとおりこの日になります。"


def _move(proposal: Proposal, running: CaseClock, due_on: date) -> Move:
    calendar = calendar_of_holder(proposal, running.holder)
    return Move(
        clock=running,
        proposal=proposal,
        due_on=due_on,
        closures=closures_within(calendar, running.started_on, due_on),
        office_days=running.office_days or 0,
    )


def _checked(running: CaseClock, command: Extend) -> date:
    errors: dict[str, list[str]] = {}
    if is_blank(command.reason):
        errors["reason"] = ["延長する理由を入力してください"]
    elif count_characters(command.reason) > LONGEST_REASON:
        errors["reason"] = [f"理由は{LONGEST_REASON}文字以内で入力してください"]
    problem = date_problem(running, command.due_on)
    if problem:
        errors["due_on"] = [problem]
    if errors or command.due_on is None:
        raise InvalidInput(errors)
    return command.due_on


def date_problem(running: CaseClock, day: date | None) -> str:
    """What is wrong with a date as an extension of a clock, "" for nothing (延長先の日付)."""
    last_year = office_calendar().last_valid_year
    if day is None:
        return "延長後の期限を入力してください"
    if day < clock.today():
        return "延長後の期限は、今日以後の日付にしてください"
    if day <= running.due_on:
        return f"延長後の期限は、今の期限（{format_date(running.due_on)}）より後にしてください"
    if day.year > last_year:
        return f"延長後の期限は、祝日が決まっている{last_year}年までの日付にしてください"
    return ""


def _check_decision(running: CaseClock, request: ExtensionRequest, command: Decide) -> None:
    if command.is_approved is None:
        raise InvalidInput({"decision": ["認めるか、認めないかを選んでください"]})
    if not command.is_approved and is_blank(command.reason):
        raise InvalidInput({"reason": ["認めない理由を入力してください。申請した人が読みます"]})
    if count_characters(command.reason) > LONGEST_REASON:
        raise InvalidInput({"reason": [f"理由は{LONGEST_REASON}文字以内で入力してください"]})
    problem = date_problem(running, request.wanted_on) if command.is_approved else ""
    if problem:
        # The date asked for may be over by now: then nothing is left to be approved.
        raise InvalidInput({"decision": [f"{problem}。申請の日付では認められません"]})


def _record(
    act: str,
    proposal: Proposal,
    running: CaseClock,
    actor: User,
    reason: str,
    changes: dict[str, str],
) -> None:
    # The body reads what was asked and said about a date of its own, and of no other one.
    of_body = "correction" if running.holder is Holder.PROPOSER else "deadline"
    record(
        f"proposal.{act}_{of_body}_extension",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        reason=reason,
        changes=changes,
    )


def _tell(request: ExtensionRequest, running: CaseClock) -> None:
    proposal = request.proposal
    write_in_round(
        proposal.round,
        "extension_decided",
        [request.asked_by],
        key=f"extension_decided:{request.id}",
        path=f"/proposals/{proposal.receipt_number}/deadlines",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
        decision="認める" if request.is_approved else "認めない",
        due_on=format_date_short(running.due_on),
    )
