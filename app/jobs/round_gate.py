"""Job `round_gate`: tells those concerned that a round has opened or closed (募集の開始・締切).

Whether a round is open derives from the clock alone; this job only spreads the news, once.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.audit.services import Subject
from app.core.eras import format_datetime
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.letters import write_in_round
from app.rounds.models import Round
from app.workflow.states import State

# News older than this is no news: a round of years ago is not announced when the job first runs.
NEWS_DAYS = 7


def tell_round_changes(moment: datetime) -> int:
    """Tell of the rounds that opened or closed lately; return the number of new messages.

    Safe to run twice: each piece of news has a key of its own per person (P07).
    """
    since = moment - timedelta(days=NEWS_DAYS)
    opened = select(Round).where(Round.opens_at > since, Round.opens_at <= moment)
    closed = select(Round).where(Round.closes_at > since, Round.closes_at < moment)
    told = 0
    for round_ in db.session.scalars(opened):
        told += _tell_opened(round_)
    for round_ in db.session.scalars(closed):
        told += _tell_closed(round_)
    return told


def _tell_opened(round_: Round) -> int:
    return write_in_round(
        round_,
        "round_opened",
        _people(Role.PROPOSER, Role.PROPOSER_MANAGER, Role.OFFICER, Role.LEAD),
        key=f"round_opened:{round_.key}:{round_.opens_at.isoformat()}",
        path=f"/rounds/{round_.key}",
        round_label=round_.label,
        round_name=round_.name,
        closes_at=format_datetime(round_.closes_at),
    )


def _tell_closed(round_: Round) -> int:
    # Each reads the number of what that person may know of (利益相反).
    return sum(
        write_in_round(
            round_,
            "round_closed",
            [person],
            key=f"round_closed:{round_.key}:{round_.closes_at.isoformat()}",
            path=f"/rounds/{round_.key}",
            about=Subject(type="user", id=person.id),
            round_label=round_.label,
            round_name=round_.name,
            closes_at=format_datetime(round_.closes_at),
            proposals=_submitted_count(round_, person),
        )
        for person in _people(Role.OFFICER, Role.LEAD)
    )


def _people(*roles: Role) -> list[User]:
    return list(db.session.scalars(users_with_role(*roles)))


def _submitted_count(round_: Round, reader: User) -> int:
    count = db.session.scalar(
        select(func.count()).where(
            Proposal.round_id == round_.id,
            Proposal.state.not_in([State.DRAFT, State.WITHDRAWN]),
            visible_to(reader),
        )
    )
    return count or 0
