"""Reading the trail (監査証跡の検索)."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Select, select

from app.audit.actors import ids_in
from app.audit.models import ACCOUNT, AuditEvent
from app.extensions import db


def events_of(subject_type: str, subject_id: int) -> Select[AuditEvent]:
    """Entries about one subject, newest first (履歴)."""
    return (
        select(AuditEvent)
        .where(AuditEvent.subject_type == subject_type, AuditEvent.subject_id == subject_id)
        .order_by(AuditEvent.seq.desc())
    )


def events_after_version(subject_type: str, subject_id: int, version: int) -> Select[AuditEvent]:
    """What others did to a subject after the version a form was opened with, oldest first."""
    return (
        select(AuditEvent)
        .where(
            AuditEvent.subject_type == subject_type,
            AuditEvent.subject_id == subject_id,
            AuditEvent.subject_version > version,
        )
        .order_by(AuditEvent.seq)
    )


def names_in(
    events: Iterable[AuditEvent], known: Mapping[int, str] | None = None
) -> dict[int, str]:
    """Names of the people whom the changes of some entries name (氏名), in one question at most.

    Those that the caller has at hand already (`known`) are not asked for.
    """
    found = dict(known or {})
    ids = {number for event in events for number in ids_in(event.changes)} - found.keys()
    if ids:
        statement = select(ACCOUNT.c.id, ACCOUNT.c.display_name).where(ACCOUNT.c.id.in_(ids))
        found |= {row.id: row.display_name for row in db.session.execute(statement)}
    return found
