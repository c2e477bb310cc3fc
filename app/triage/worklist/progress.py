"""What a person has done today (今日の進み)."""

from datetime import datetime

from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round

# Acts that finish a step of the desk: after each the case is somebody else's, or nobody's.
DONE_VERBS = (
    "proposal.accept",
    "proposal.return_for_correction",
    "proposal.assign",
    "proposal.assess",
    "proposal.confirm",
    "proposal.dispute",
    "proposal.hold",
    "proposal.resume",
)


def count_done_today(actor: User, round_: Round) -> int:
    """Cases of a round on which the actor finished a step since midnight, JST (今日終えた件数)."""
    return (
        db.session.scalar(
            select(func.count(Proposal.id.distinct()))
            .join(AuditEvent, AuditEvent.subject_id == Proposal.id)
            .where(
                AuditEvent.subject_type == "proposal",
                AuditEvent.actor_id == actor.id,
                AuditEvent.occurred_at >= _midnight(),
                AuditEvent.verb.in_(DONE_VERBS),
                Proposal.round_id == round_.id,
                visible_to(actor),
            )
        )
        or 0
    )


def _midnight() -> datetime:
    today = clock.today()
    return clock.jst(today.year, today.month, today.day)
