"""Checking the chain, and that it is the one that was sealed (監査証跡の検証)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.audit.chain import GENESIS_HASH, SEALED_FIELDS, entry_hash
from app.audit.models import AuditEvent, AuditHead

VERIFY_BATCH = 5000
TAIL_PROBLEM = "末尾の記録が連鎖の先頭と合いません"
_COLUMNS = tuple(getattr(AuditEvent, name) for name in (*SEALED_FIELDS, "previous_hash"))


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


def verify(session: Session, sealed: Mapping[int, str] | None = None) -> Verification:
    """Read the whole chain and name the first broken entry (監査証跡の検証).

    Finds an entry that was altered, removed, inserted or moved, and a tail that was cut off. Others
    may go on writing meanwhile: the head as it was at first must be met on the way. `sealed` holds
    the hashes of some entries as they were signed (封印): so a trail that was hashed anew from some
    entry on, cut together with its head, or replaced as a whole is found, too.
    """
    anchors = dict(sealed or {})
    first_head = _head(session)
    met_head = first_head == (0, GENESIS_HASH)
    expected_seq, previous_hash, last_anchor = 1, GENESIS_HASH, 0
    while batch := _entries_from(session, expected_seq):
        for entry in batch:
            digest = entry.entry_hash
            problem = _problem_of(entry, expected_seq, previous_hash)
            anchor = anchors.pop(expected_seq, digest)
            if not problem and anchor != digest:
                problem = _rewritten(last_anchor)
            if problem:
                return Verification(
                    entries=expected_seq - 1, broken_seq=expected_seq, problem=problem
                )
            if expected_seq in (sealed or {}):
                last_anchor = expected_seq
            met_head = met_head or first_head == (expected_seq, digest)
            expected_seq, previous_hash = expected_seq + 1, digest
    count = expected_seq - 1
    # More entries than the head counts were not written by us, either.
    if not met_head or count > _head(session)[0]:
        return Verification(entries=count, broken_seq=expected_seq, problem=TAIL_PROBLEM)
    if lost := [seq for seq in anchors if seq > count]:
        return Verification(entries=count, broken_seq=expected_seq, problem=_cut_off(max(lost)))
    return Verification(entries=count)


def _rewritten(last_anchor: int) -> str:
    return (
        f"封印と異なります。{last_anchor + 1}番からこの番号までのどこかが、連鎖ごと書き換えられて"
        "います"
    )


def _cut_off(sealed_seq: int) -> str:
    return f"封印では{sealed_seq}番までの記録がありましたが、ここから後がありません"


def _head(session: Session) -> tuple[int, str]:
    row = session.execute(select(AuditHead.last_seq, AuditHead.last_hash)).one_or_none()
    return (row[0], row[1]) if row else (0, "")


def _entries_from(session: Session, seq: int) -> Sequence[Row[*tuple[Any, ...]]]:
    # Rows, not objects: a trail of a million entries is read within a minute.
    statement = (
        select(*_COLUMNS, AuditEvent.entry_hash)
        .where(AuditEvent.seq >= seq)
        .order_by(AuditEvent.seq)
        .limit(VERIFY_BATCH)
    )
    return session.execute(statement).all()


def _problem_of(entry: Row[*tuple[Any, ...]], expected_seq: int, previous_hash: str) -> str:
    if entry.seq != expected_seq:
        return "記録が抜けています"
    if entry.previous_hash != previous_hash:
        return "前の記録とつながっていません"
    # The sealed fields come first, in their order.
    values = dict(zip(SEALED_FIELDS, entry, strict=False))
    if entry_hash(values, previous_hash) != entry.entry_hash:
        return "内容が記録時と異なります"
    return ""
