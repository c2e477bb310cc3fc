"""Digest of what was read in a day (閲覧の記録の封): the log itself is outside of the chain."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.audit.models import AuditEvent, ReadLog
from app.audit.reading import slot_of
from app.audit.services import Subject, record
from app.core import clock
from app.core.clock import JST
from app.extensions import db

SEAL = "read_log.seal"
KEPT_DAYS = 400
_COLUMNS = (
    ReadLog.slot,
    ReadLog.user_id,
    ReadLog.subject_type,
    ReadLog.subject_id,
    ReadLog.part,
    ReadLog.read_at,
    ReadLog.source,
    ReadLog.request_id,
)
BATCH = 2000


def seal_readings(moment: datetime) -> int:
    """Put the digest of the JST day before an instant into the trail (閲覧の記録の封).

    Returns the number of rows; no entry for a day on which nobody read, none twice for a day.
    """
    day = clock.to_jst(moment).date() - timedelta(days=1)
    rows, digest = _digest_of(day)
    if not rows or any(sealed == day for sealed, _rows, _digest in _seals()):
        return 0
    changes = {"day": day.isoformat(), "rows": rows, "digest": digest}
    record(SEAL, Subject(type="read_log", id=None), actor=None, changes=changes)
    return rows


def broken_days() -> list[date]:
    """Days whose log is not what was sealed (封と合わない日), of those still kept whole."""
    oldest = clock.today() - timedelta(days=KEPT_DAYS - 1)
    return [
        day for day, rows, digest in _seals() if day >= oldest and _digest_of(day) != (rows, digest)
    ]


def _seals() -> Iterator[tuple[date, int, str]]:
    sealed = select(AuditEvent.changes).where(
        AuditEvent.subject_type == "read_log", AuditEvent.verb == SEAL
    )
    for changes in db.session.scalars(sealed.order_by(AuditEvent.seq)):
        yield date.fromisoformat(changes["day"]), changes["rows"], changes["digest"]


def _digest_of(day: date) -> tuple[int, str]:
    """Number and digest of the rows of a JST day, in the order of their key."""
    midnight = datetime.combine(day, time(), JST)
    first, last = slot_of(midnight), slot_of(midnight + timedelta(days=1))
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(ReadLog.slot >= first, ReadLog.slot < last)
        .execution_options(yield_per=BATCH)
    )
    # Put in order here: the databases do not order texts alike.
    lines = sorted(json.dumps([str(value) for value in row]) for row in rows)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return len(lines), digest
