"""Writing and checking the trail (監査証跡の記録と検証)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.audit.chain import GENESIS_HASH, SEALED_FIELDS, entry_hash
from app.audit.models import AuditEvent, AuditHead
from app.core import clock
from app.core.http import request_id
from app.extensions import db

SYSTEM_LABEL = "システム"
VERIFY_BATCH = 1000
TAIL_PROBLEM = "末尾の記録が連鎖の先頭と合いません"

_WAITING = "audit_entries"


class Actor(Protocol):
    """Whoever acts (行為者): an id and the words of the timeline (「事務局 総括A」)."""

    @property
    def id(self) -> Any:
        """Id of the user."""

    @property
    def label(self) -> str:
        """Body and name."""


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
) -> None:
    """Add one entry to the running transaction (監査記録); sealed into the chain at its commit.

    `verb` is `subject.action`. `changes` never holds texts, passwords or personal data: names of
    fields, codes, dates and ids only (P22).
    """
    # Without a transaction there would be no rollback to hear of, and the entry would stay.
    if not db.session.in_transaction():
        db.session.begin()
    db.session.info.setdefault(_WAITING, []).append(
        {
            "occurred_at": clock.now(),
            "verb": verb,
            "actor_id": actor.id if actor else None,
            "actor_label": actor.label if actor else SYSTEM_LABEL,
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


def seal_waiting_entries(session: Session) -> None:
    """Chain the entries of this transaction just before it commits.

    The head of the chain is locked here and not earlier: the lock is held for one insert, and
    always comes after the locks on cases, so that two writers never wait for each other.
    """
    waiting: list[dict[str, Any]] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()
    # The row as it is once the lock is had: another writer may have moved it on meanwhile.
    locked = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalars(locked).one()
    for values in waiting:
        sealed = {**values, "seq": head.last_seq + 1}
        digest = entry_hash(sealed, head.last_hash)
        session.add(AuditEvent(**sealed, previous_hash=head.last_hash, entry_hash=digest))
        head.last_seq = sealed["seq"]
        head.last_hash = digest
    session.flush()


def forget_waiting_entries(session: Session) -> None:
    """Drop the entries of a transaction that was rolled back: what did not happen has no trace."""
    session.info.pop(_WAITING, None)


event.listen(Session, "before_commit", seal_waiting_entries)
event.listen(Session, "after_rollback", forget_waiting_entries)


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Result of a check of the chain (検証結果): entries read, first broken one, and why."""

    entries: int
    broken_seq: int | None = None
    problem: str = ""

    @property
    def is_intact(self) -> bool:
        """Whether no entry is broken."""
        return self.broken_seq is None


def verify(session: Session) -> Verification:
    """Read the whole chain and name the first broken entry (監査証跡の検証).

    Finds an entry that was altered, removed, inserted or moved, and a tail that was cut off. Others
    may go on writing meanwhile: the head as it was at first must be met on the way.
    """
    first_head = _head(session)
    met_head = first_head == (0, GENESIS_HASH)
    expected_seq, previous_hash = 1, GENESIS_HASH
    while batch := _entries_from(session, expected_seq):
        for entry in batch:
            problem = _problem_of(entry, expected_seq, previous_hash)
            if problem:
                return Verification(
                    entries=expected_seq - 1, broken_seq=expected_seq, problem=problem
                )
            met_head = met_head or first_head == (expected_seq, entry.entry_hash)
            expected_seq, previous_hash = expected_seq + 1, entry.entry_hash
    count = expected_seq - 1
    # More entries than the head counts were not written by us, either.
    if not met_head or count > _head(session)[0]:
        return Verification(entries=count, broken_seq=expected_seq, problem=TAIL_PROBLEM)
    return Verification(entries=count)


def _head(session: Session) -> tuple[int, str]:
    head = session.get(AuditHead, 1, populate_existing=True)
    return (head.last_seq, head.last_hash) if head else (0, "")


def _entries_from(session: Session, seq: int) -> list[AuditEvent]:
    statement = (
        select(AuditEvent)
        .where(AuditEvent.seq >= seq)
        .order_by(AuditEvent.seq)
        .limit(VERIFY_BATCH)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def _problem_of(entry: AuditEvent, expected_seq: int, previous_hash: str) -> str:
    if entry.seq != expected_seq:
        return "記録が抜けています"
    if entry.previous_hash != previous_hash:
        return "前の記録とつながっていません"
    values = {name: getattr(entry, name) for name in SEALED_FIELDS}
    if entry_hash(values, previous_hash) != entry.entry_hash:
        return "内容が記録時と異なります"
    return ""
