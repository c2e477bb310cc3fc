"""The trail of made-up cases, chained in bulk (合成の監査証跡)."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import insert, select

from app.audit.chain import entry_hash
from app.audit.models import AuditEvent, AuditHead
from app.extensions import Base, db
from app.synth.patterns import Row

ROWS_AT_ONCE = 5000


def append(entries: Iterable[Row]) -> int:
    """Seal these entries to the end of the trail, in this order (連鎖への追加).

    The head of the chain stays locked until the transaction ends. Returns how many there were.
    """
    head = db.session.scalars(select(AuditHead).with_for_update()).one()
    db.session.refresh(head)
    first = head.last_seq
    table = Base.metadata.tables[AuditEvent.__tablename__]
    sealed = _sealed(entries, head)
    while rows := list(islice(sealed, ROWS_AT_ONCE)):
        db.session.execute(insert(table), rows)
    db.session.flush()
    return head.last_seq - first


def _sealed(entries: Iterable[Row], head: AuditHead) -> Iterator[Row]:
    seq, previous = head.last_seq, head.last_hash
    for entry in entries:
        seq += 1
        values = {**entry, "seq": seq}
        digest = entry_hash(values, previous)
        yield {**values, "previous_hash": previous, "entry_hash": digest}
        previous = digest
    head.last_seq, head.last_hash = seq, previous
