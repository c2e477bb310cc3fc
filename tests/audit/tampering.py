"""Tampering with the trail (証跡の改ざん): by SQL, as one who owns the database could."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.audit.chain import GENESIS_HASH, SEALED_FIELDS, entry_hash
from app.audit.models import AuditEvent
from app.audit.verification import verify

EVENTS = AuditEvent.__table__
Row = dict[str, Any]
# Does the harm and tells at which entry the check has to stop.
Tampering = Callable[[Session, Random, list[Row]], int]

AWAY = 10**6
# The actor is a key: the database itself refuses one that does not exist.
EDITABLE = tuple(name for name in SEALED_FIELDS if name not in ("seq", "actor_id"))


def rows_of(session: Session) -> list[Row]:
    """The trail as it stands, oldest first."""
    found = session.execute(select(EVENTS).order_by(EVENTS.c.seq)).mappings()
    return [dict(row) for row in found]


def otherwise(value: Any, chance: Random) -> Any:
    """Another value of the same kind, mostly near to the one before."""
    if value is None:
        return 7
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 1000))
    if isinstance(value, dict):
        return {**value, "added": chance.random()}
    if isinstance(value, str):
        return chance.choice((f"{value} ", f"{value}a", value.swapcase() + "。"))
    return value + timedelta(microseconds=chance.choice((1, -1, 10**9)))


def put(session: Session, at: int, **values: Any) -> None:
    session.execute(update(EVENTS).where(EVENTS.c.seq == at).values(**values))


def edit(session: Session, chance: Random, rows: list[Row]) -> int:
    """Change one field of one entry."""
    row, name = chance.choice(rows), chance.choice(EDITABLE)
    put(session, row["seq"], **{name: otherwise(row[name], chance)})
    return int(row["seq"])


def edit_and_rehash(session: Session, chance: Random, rows: list[Row]) -> int:
    """Change one entry and give it the hash that fits: the next one does not follow any more."""
    row = chance.choice(rows[:-1])
    changed = {**row, "reason": otherwise(row["reason"], chance)}
    digest = entry_hash(changed, row["previous_hash"])
    put(session, row["seq"], reason=changed["reason"], entry_hash=digest)
    return int(row["seq"]) + 1


def remove(session: Session, chance: Random, rows: list[Row]) -> int:
    """Take out some entries in a row; the last ones, too."""
    first = chance.choice(rows)["seq"]
    last = first + chance.randrange(3)
    session.execute(delete(EVENTS).where(EVENTS.c.seq.between(first, last)))
    return int(first)


def add_behind(session: Session, chance: Random, rows: list[Row]) -> int:
    """Write an entry of one's own behind the last one, with the right hashes."""
    last = rows[-1]
    forged = {**chance.choice(rows), "seq": last["seq"] + 1, "previous_hash": last["entry_hash"]}
    forged["entry_hash"] = entry_hash(forged, last["entry_hash"])
    session.execute(insert(EVENTS).values(**forged))
    return int(forged["seq"]) + 1


def squeeze_in(session: Session, chance: Random, rows: list[Row]) -> int:
    """Write an entry between two, and move those behind it by one."""
    at = chance.choice(rows)["seq"]
    for row in reversed(rows[at - 1 :]):
        put(session, row["seq"], seq=row["seq"] + 1)
    before = rows[at - 2]["entry_hash"] if at > 1 else GENESIS_HASH
    forged = {**chance.choice(rows), "seq": at, "previous_hash": before, "reason": "つくりごと"}
    forged["entry_hash"] = entry_hash(forged, before)
    session.execute(insert(EVENTS).values(**forged))
    return int(at) + 1


def swap(session: Session, chance: Random, rows: list[Row]) -> int:
    """Let two entries change places."""
    one, other = sorted(row["seq"] for row in chance.sample(rows, 2))
    put(session, one, seq=AWAY)
    put(session, other, seq=one)
    put(session, AWAY, seq=other)
    return int(one)


def rehash_rest(session: Session, chance: Random, rows: list[Row]) -> int:
    """Change an entry and hash everything behind it anew; the head still tells."""
    at = chance.choice(rows)["seq"]
    previous = rows[at - 2]["entry_hash"] if at > 1 else GENESIS_HASH
    for row in rows[at - 1 :]:
        reason = otherwise(row["reason"], chance) if row["seq"] == at else row["reason"]
        changed = {**row, "reason": reason}
        digest = entry_hash(changed, previous)
        put(session, row["seq"], reason=reason, previous_hash=previous, entry_hash=digest)
        previous = digest
    return len(rows) + 1


WAYS: Sequence[Tampering] = (
    edit,
    edit_and_rehash,
    remove,
    add_behind,
    squeeze_in,
    swap,
    rehash_rest,
)


def missed(session: Session, count: int, seed: int = 0) -> list[str]:
    """Tamper so many times, each on the whole trail; what was not found where it is (見逃し)."""
    chance = Random(seed)
    rows = rows_of(session)
    faults = []
    for number in range(count):
        way = WAYS[number % len(WAYS)]
        with session.begin_nested() as step:
            expected = way(session, chance, rows)
            found = verify(session).broken_seq
            step.rollback()
        if found != expected:
            faults.append(f"{number} {way.__name__}: found at {found}, done at {expected}")
    return faults
