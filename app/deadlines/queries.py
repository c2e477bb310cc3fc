"""Dates that moved, and requests that wait (期限の変更・延長の申請)."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core.page_reads import once_a_page
from app.deadlines.models import DeadlineChange, ExtensionRequest
from app.extensions import db
from app.proposals.models import CaseClock, Proposal
from app.proposals.queries import visible_to

Ids = Iterable[int] | Select[int]


@once_a_page
def changes_of(proposal: Proposal) -> list[DeadlineChange]:
    """Every move of every due date of a case, the latest first (期限の変更の履歴)."""
    return list(
        db.session.scalars(
            select(DeadlineChange)
            .options(joinedload(DeadlineChange.asked_by), joinedload(DeadlineChange.decided_by))
            .where(DeadlineChange.proposal_id == proposal.id)
            .order_by(DeadlineChange.id.desc())
        )
    )


def due_dates_at(end: datetime, clock_ids: Ids) -> dict[int, date]:
    """Due dates as they were told at an instant, clock id → date (その時点の期限).

    Holds only clocks whose date moved after `end`: for any other, `due_on` is the answer. A change
    made at `end` itself is in force.
    """
    rows = db.session.execute(
        select(DeadlineChange.clock_id, DeadlineChange.old_due_on)
        .where(DeadlineChange.changed_at > end, _among(clock_ids))
        .order_by(DeadlineChange.id.desc())
    )
    # The earliest change after the instant is read last, and knows the date before it.
    return {row.clock_id: row.old_due_on for row in rows}


def _among(clock_ids: Ids) -> ColumnElement[bool]:
    ids = clock_ids if isinstance(clock_ids, Select) else list(clock_ids)
    return DeadlineChange.clock_id.in_(ids)


def waiting_request(clock: CaseClock | None) -> ExtensionRequest | None:
    """The request for a later date that waits for a lead (未処理の延長申請), None if none does."""
    if clock is None or clock.ended_at is not None:
        return None
    return db.session.scalars(
        select(ExtensionRequest).where(
            ExtensionRequest.clock_id == clock.id, ExtensionRequest.decided_at.is_(None)
        )
    ).one_or_none()


def waiting_requests(actor: User) -> list[ExtensionRequest]:
    """Requests about cases the actor may see, the first to fall due first (未処理の延長申請).

    One whose clock has ended asks for nothing any more.
    """
    return list(
        db.session.scalars(
            select(ExtensionRequest)
            .join(ExtensionRequest.clock)
            .join(ExtensionRequest.proposal)
            .options(
                joinedload(ExtensionRequest.proposal),
                joinedload(ExtensionRequest.clock),
                joinedload(ExtensionRequest.asked_by),
            )
            .where(
                ExtensionRequest.decided_at.is_(None),
                CaseClock.ended_at.is_(None),
                visible_to(actor),
            )
            .order_by(CaseClock.due_on, ExtensionRequest.id)
        )
    )


@once_a_page
def requests_of(proposal: Proposal) -> list[ExtensionRequest]:
    """Every request about a case, the latest first (延長の申請の履歴)."""
    return list(
        db.session.scalars(
            select(ExtensionRequest)
            .options(joinedload(ExtensionRequest.asked_by), joinedload(ExtensionRequest.decided_by))
            .where(ExtensionRequest.proposal_id == proposal.id)
            .order_by(ExtensionRequest.id.desc())
        )
    )
