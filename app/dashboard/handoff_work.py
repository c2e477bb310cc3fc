"""What waits at the secretariat after the hand-offs (送付・回答の仕事), for the home."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.extensions import db
from app.handoffs.models import Handoff, Reply
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.workflow.handoffs import OPEN_HANDOFF_STATES, HandoffState, ReplyStatus
from app.workflow.states import State

ANSWERED_STATES = (HandoffState.ANSWERED, HandoffState.SETTLED)


class HandoffWork(NamedTuple):
    """How much waits for the secretariat (件数): of the round in view."""

    prepared: int
    to_reroute: int
    to_settle: int
    to_release: int

    @property
    def is_any(self) -> bool:
        """Whether anything waits."""
        return any(self)


def handoff_work(actor: User, round_: Round | None) -> HandoffWork | None:
    """Count what waits in the round one looks at (送付・回答の仕事), None without a round."""
    if round_ is None:
        return None
    of_round = and_(
        Proposal.round_id == round_.id, Proposal.state == State.CLASSIFIED, visible_to(actor)
    )
    return HandoffWork(
        prepared=_count(of_round, Handoff.state == HandoffState.PREPARED),
        to_reroute=_count(of_round, _is_unrouted()),
        to_settle=_count(of_round, Handoff.state == HandoffState.ANSWERED),
        to_release=_count(of_round, _has_unreleased_reply()),
    )


def _count(of_round: ColumnElement[bool], condition: ColumnElement[bool]) -> int:
    counted = select(func.count(Handoff.id)).join(Handoff.proposal).where(of_round, condition)
    return db.session.scalar(counted) or 0


def _is_unrouted() -> ColumnElement[bool]:
    """Refused, and neither sent on nor replaced by another open or settled one (送り直し待ち)."""
    later = aliased(Handoff)
    follows = (
        select(later.id)
        .where(
            later.proposal_id == Handoff.proposal_id,
            later.id > Handoff.id,
            later.part == Handoff.part,
            later.state.in_((*OPEN_HANDOFF_STATES, HandoffState.SETTLED)),
        )
        .exists()
    )
    rerouted = select(later.id).where(later.rerouted_from_id == Handoff.id).exists()
    return and_(Handoff.state == HandoffState.REFUSED, ~follows, ~rerouted)


def _has_unreleased_reply() -> ColumnElement[bool]:
    reply = (
        select(Reply.id)
        .where(
            Reply.handoff_id == Handoff.id,
            Reply.round_number == Handoff.round_number,
            Reply.status == ReplyStatus.SENT,
            Reply.release_id.is_(None),
        )
        .exists()
    )
    return and_(Handoff.state.in_(ANSWERED_STATES), reply)
