"""Finding who opened what (閲覧の記録の検索)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.accounts.models import User
from app.audit.models import ReadLog
from app.audit.reading import SLOT_SECONDS, slot_of
from app.core.clock import JST
from app.core.numbered_pages import Key
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.readings.words import viewed_in

CASE = "proposal"
# Newest first; the rest tells apart what one person opened in the same ten minutes.
NEWEST_FIRST = (
    Key(ReadLog.slot, int, goes_down=True),
    Key(ReadLog.user_id, int, goes_down=True),
    Key(ReadLog.subject_type, str, goes_down=True),
    Key(ReadLog.subject_id, int, goes_down=True),
    Key(ReadLog.part, str, goes_down=True),
)


def readings(actor: User, conditions: Sequence[ColumnElement[bool]]) -> Select[ReadLog]:
    """Readings that an auditor may know of (閲覧範囲), in no order.

    Those of a case the auditor may not know of, for a conflict of interest or because it is a draft
    still, are left out.
    """
    known = select(Proposal.id).where(Proposal.id == ReadLog.subject_id, visible_to(actor))
    may_know = or_(ReadLog.subject_type != CASE, known.exists())
    return select(ReadLog).where(may_know, *conditions)


def of_case(proposal: Proposal) -> ColumnElement[bool]:
    """Condition for the readings of one case (案件の閲覧)."""
    return (ReadLog.subject_type == CASE) & (ReadLog.subject_id == proposal.id)


def by_person(user: User) -> ColumnElement[bool]:
    """Condition for what one person opened (利用者の閲覧)."""
    return ReadLog.user_id == user.id


def in_days(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """Conditions for the readings of some JST days, both included (期間)."""
    found: list[ColumnElement[bool]] = []
    if first is not None:
        found.append(ReadLog.slot >= slot_of(_midnight(first)))
    if last is not None:
        found.append(ReadLog.slot < slot_of(_midnight(last + timedelta(days=1))))
    return found


def count_readings(statement: Select[ReadLog]) -> int:
    """How many readings a statement finds (件数)."""
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def people_of(rows: Sequence[ReadLog]) -> dict[int, User]:
    """Readers of some rows, and as whom they read (閲覧した人), by their ids, in one question."""
    ids = {row.user_id for row in rows} | {viewed_in(row.part) for row in rows}
    found = db.session.scalars(select(User).where(User.id.in_(ids)))
    return {row.id: row for row in found}


def cases_of(rows: Sequence[ReadLog]) -> dict[int, Proposal]:
    """Cases of some rows by their ids (閲覧された案件), in one question."""
    ids = {row.subject_id for row in rows if row.subject_type == CASE}
    found = db.session.scalars(select(Proposal).where(Proposal.id.in_(ids)))
    return {row.id: row for row in found}


def oldest_kept() -> date | None:
    """JST day of the oldest row that is kept (最も古い記録); None without any."""
    slot = db.session.scalar(select(func.min(ReadLog.slot)))
    return None if slot is None else datetime.fromtimestamp(slot * SLOT_SECONDS, JST).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)
