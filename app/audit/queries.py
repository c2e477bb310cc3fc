"""Reading the trail (監査証跡の検索)."""

from sqlalchemy import Select, select

from app.audit.models import AuditEvent


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
