"""Putting a case behind the others for oneself (後回し), and taking that back."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sqlalchemy import Update, bindparam, update

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.past_session import read_anew
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal
from app.proposals.moves import when_moved
from app.triage.models import CaseSkip, Release
from app.triage.policy import CONFLICTED, can_work
from app.triage.services.claims import release
from app.triage.worklist.claims import claim_on, skip_of
from app.triage.worklist.items import STEPS

NOT_OPEN = "この提案には、いま、事務局の仕事はありません。後回しにする必要はありません。"
NOT_SKIPPED = "この提案は後回しにしていません。画面を開き直して確かめてください。"


@dataclass(frozen=True, kw_only=True)
class Skip:
    """Not before a day, for oneself (後回し)."""

    version: int
    until: date | None
    reason: str


def first_day() -> date:
    """First day on which a case that is put behind may come back: tomorrow."""
    return clock.today() + timedelta(days=1)


def latest_day(proposal: Proposal) -> date:
    """Last day on which it may come back: its due date, tomorrow if that has come."""
    return max(first_day(), proposal.due_on) if proposal.due_on else first_day()


def usual_day(proposal: Proposal) -> date:
    """Day the form begins with: the next office day, not after the due date."""
    return min(office_calendar().add_office_days(clock.today(), 1), latest_day(proposal))


def check_can_skip(proposal: Proposal, *, actor: User) -> None:
    """Refuse to put behind what is no work of the desk. Raises NotAllowed, IllegalTransition."""
    if not can_work(actor, proposal):
        raise NotAllowed(CONFLICTED)
    if proposal.state not in STEPS:
        raise IllegalTransition(NOT_OPEN)


def skip(proposal: Proposal, command: Skip, *, actor: User) -> None:
    """Put a case behind the others until a day (後回し); only the actor's own pile changes.

    A claim of the actor ends with it. Raises NotAllowed, StaleVersion, IllegalTransition,
    InvalidInput: a case must not become late where nobody looks.
    """
    check_version(proposal, command.version)
    check_can_skip(proposal, actor=actor)
    until = _checked_day(proposal, command)
    held = claim_on(proposal)
    if held is not None and held.user_id == actor.id:
        release(proposal, actor=actor, how=Release.SKIPPED)
    _end_skips(proposal, actor)
    db.session.add(
        CaseSkip(
            proposal_id=proposal.id,
            user_id=actor.id,
            until=until,
            reason=command.reason,
            skipped_at=clock.now(),
        )
    )
    db.session.flush()
    _record(proposal, "proposal.skip", actor, command.reason, {"until": until.isoformat()})


def take_back_skip(proposal: Proposal, *, actor: User) -> None:
    """Put a case back to its place in one's pile (後回しをやめる). Raises IllegalTransition."""
    if skip_of(actor, proposal) is None:
        raise IllegalTransition(NOT_SKIPPED)
    _end_skips(proposal, actor)
    _record(proposal, "proposal.take_back_skip", actor)


@when_moved
def end_skips_of_case(proposal: Proposal, _actor: User | None, _left: str | None) -> None:
    """End everybody's skips when the case moves: the next step is another work."""
    db.session.execute(_ended_skips(), {"case_id": proposal.id, "now": clock.now()})
    read_anew(CaseSkip, "ended_at")


# Every move of a case asks for it: its words are made once.
@cache
def _ended_skips() -> Update:
    return (
        update(CaseSkip)
        .where(CaseSkip.proposal_id == bindparam("case_id"), CaseSkip.ended_at.is_(None))
        .values(ended_at=bindparam("now"))
        .execution_options(synchronize_session=False)
    )


def _checked_day(proposal: Proposal, command: Skip) -> date:
    errors: dict[str, list[str]] = {}
    latest = latest_day(proposal)
    if command.until is None:
        errors["until"] = ["いつまで後回しにするかを入力してください"]
    elif command.until <= clock.today():
        errors["until"] = ["明日以降の日付にしてください"]
    elif command.until > latest:
        errors["until"] = [f"期限を過ぎないように、{format_date(latest)}までの日付にしてください"]
    if is_blank(command.reason):
        errors["reason"] = ["後回しにする理由を入力してください"]
    if errors or command.until is None:
        raise InvalidInput(errors)
    return command.until


def _end_skips(proposal: Proposal, actor: User) -> None:
    db.session.execute(
        update(CaseSkip)
        .where(
            CaseSkip.proposal_id == proposal.id,
            CaseSkip.user_id == actor.id,
            CaseSkip.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )


def _record(
    proposal: Proposal,
    verb: str,
    actor: User,
    reason: str = "",
    changes: dict[str, object] | None = None,
) -> None:
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    record(verb, subject, actor=actor, reason=reason, changes=changes or {})
