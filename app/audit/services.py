"""Writing the trail (監査証跡の記録)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Insert, Select, Update, bindparam, event, insert, select, update
from sqlalchemy.orm import Session

from app.audit.actors import is_sealed
from app.audit.chain import entry_hash
from app.audit.models import AuditEvent, AuditHead
from app.core import clock
from app.core.http import request_id
from app.extensions import db

SYSTEM_LABEL = "システム"

_WAITING = "audit_entries"


class Actor(Protocol):
    """Whoever acts (行為者): an id, and what an entry may hold of the person."""

    @property
    def id(self) -> Any:
        """Id of the user."""

    @property
    def sealed_label(self) -> str:
        """Body, and a commitment to the name (`app.audit.actors`)."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an entry is about (対象): kind, id and version after the act."""

    type: str
    id: int | None
    version: int | None = None


def record(
    verb: str,
    subject: Subject,
    *,
    actor: Actor | None,
    from_state: str | None = None,
    to_state: str | None = None,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    session: Session | None = None,
) -> None:
    """Add one entry to the running transaction (監査記録); sealed into the chain at its commit.

    `session` for a transaction beside that of the request (`side_transaction`).

    `verb` is `subject.action`. `changes` never holds texts, passwords or personal data: names of
    fields, codes, dates and ids only (P22); a person stands there as `sealed_person`.
    Raises ValueError for an actor with a name in clear.
    """
    # Without a transaction there would be no rollback to hear of, and the entry would stay.
    session = session or db.session
    if not session.in_transaction():
        session.begin()
    session.info.setdefault(_WAITING, []).append(
        {
            "occurred_at": clock.now(),
            "verb": verb,
            "actor_id": actor.id if actor else None,
            "actor_label": _label_of(actor) if actor else SYSTEM_LABEL,
            "subject_type": subject.type,
            "subject_id": subject.id,
            "subject_version": subject.version,
            "from_state": from_state,
            "to_state": to_state,
            "reason": reason,
            "changes": dict(changes or {}),
            "request_id": request_id(),
        }
    )


def _label_of(actor: Actor) -> str:
    label = actor.sealed_label
    if not is_sealed(label):
        raise ValueError("an entry holds no name in clear")
    return label


def seal_waiting_entries(session: Session) -> None:
    """Chain the entries of this transaction just before it commits.

    The head of the chain is locked here and not earlier: the lock is held for one insert, and
    always comes after the locks on cases, so that two writers never wait for each other.
    """
    waiting: list[dict[str, Any]] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()
    # Past the session: nobody looks at these rows again in a transaction that is over, and the
    # row is read as it is once the lock is had.
    connection = session.connection()
    last_seq, last_hash = connection.execute(_locked_head()).one()
    sealed = []
    for values in waiting:
        last_seq += 1
        entry = {**values, "seq": last_seq, "previous_hash": last_hash}
        last_hash = entry["entry_hash"] = entry_hash(entry, last_hash)
        sealed.append(entry)
    # However many they are, one statement.
    connection.execute(_entries(), sealed)
    connection.execute(_moved_head(), {"to_seq": last_seq, "to_hash": last_hash})


# Every act ends with these: their words are made once.
@cache
def _locked_head() -> Select[int, str]:
    return select(AuditHead.last_seq, AuditHead.last_hash).with_for_update()


@cache
def _entries() -> Insert:
    return insert(AuditEvent)


@cache
def _moved_head() -> Update:
    return update(AuditHead).values(last_seq=bindparam("to_seq"), last_hash=bindparam("to_hash"))


def forget_waiting_entries(session: Session) -> None:
    """Drop the entries of a transaction that was rolled back: what did not happen has no trace."""
    session.info.pop(_WAITING, None)


event.listen(Session, "before_commit", seal_waiting_entries)
event.listen(Session, "after_rollback", forget_waiting_entries)
