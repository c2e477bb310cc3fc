"""A short trail for the tests, and the lifting of its protection."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.services import Subject, record

LENGTH = 6


def write_trail(session: Session, length: int = LENGTH) -> None:
    """Write entries 1, 2, 3 …, each in a transaction of its own."""
    for number in range(1, length + 1):
        record(
            "round.test",
            Subject(type="round", id=number, version=number),
            actor=None,
            from_state="draft",
            to_state="submitted",
            reason=f"reason number {number}",
            changes={"number": number},
        )
        session.commit()


def lift_protection(session: Session) -> None:
    """Take away what keeps the entries from being changed, as an intruder with rights could."""
    if session.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER audit_event_no_{verb}"))
    else:
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
