"""Which public copies are read at this instant (公表中)."""

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.proposals.models import Publication, PublicationStatus
from app.rounds.models import Round


def is_live() -> ColumnElement[bool]:
    """Condition for the copies the public reads at this instant (公表中), judged per request.

    The latest published version whose hour has come; nothing of a practice round (P26).
    """
    later = aliased(Publication)
    now = clock.now()
    return and_(
        Publication.status == PublicationStatus.PUBLISHED,
        Publication.publishes_at <= now,
        Publication.round_id.in_(select(Round.id).where(Round.is_practice.is_(False))),
        ~exists().where(
            later.proposal_id == Publication.proposal_id,
            later.status == PublicationStatus.PUBLISHED,
            later.publishes_at <= now,
            later.number > Publication.number,
        ),
    )
