"""What each door leaves in the trail (扉の記録): declared in events.csv, heard while it is used.

`python -m tests.authorization events` uses every door once and writes what was heard; what is
declared by hand (`also`, `why`, and doors that nobody is let through) is kept. Columns:

- `events`: exactly what one accepted request writes: acts of the trail, and `read:` with the kind
  of what is noted in the log of readings (閲覧の記録);
- `also`: acts of other choices or situations of the same door;
- `why`: for a door that writes nothing, the reason, one of `REASONS`; `unwitnessed` for a door of
  `refusing.py` and the like, whose acts are those of its service, tested with its feature.
"""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Insert, event
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent, ReadLog
from app.audit.reading import forget_readings
from app.audit.refusals import REFUSED, forget_refusals
from tests.architecture.test_endpoints import Door
from tests.authorization.bodies import Body, completed, forms_of
from tests.authorization.matrix import Row, asked_doors, body_for, read_table
from tests.authorization.probing import Cell, Prober, sign

TABLE = Path(__file__).with_name("events.csv")
HEAD = ("endpoint", "method", "events", "also", "why")
UNWITNESSED = "unwitnessed"
REASONS = {
    "page": "a list, a form or figures: no content of a case, no file",
    "account": "one's own account or work",
    "open": "everybody may read it, signed in or not",
    "looks": "shows what an act would do, and does not do it",
    "draft": "work of one's own that was not handed in",
    "same": "the witness asks for what is so already; other values leave an entry",
    UNWITNESSED: "the world of the matrix lets nobody through",
}
TAKEN, SHOWN = "o>", "o"


@dataclass(frozen=True)
class Declared:
    """What a door leaves behind (扉の記録)."""

    endpoint: str
    method: str
    events: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    why: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Which door it is."""
        return self.endpoint, self.method


@dataclass
class Heard:
    """What was written while it was listened: acts in their order, kinds of what was read."""

    acts: list[str] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)

    def all(self) -> tuple[str, ...]:
        """Everything as the table writes it."""
        return (*self.acts, *sorted(f"read:{kind}" for kind in self.reads))


def read_declared() -> dict[tuple[str, str], Declared]:
    """The table as it is kept."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [
            Declared(endpoint, method, tuple(events.split()), frozenset(also.split()), why)
            for endpoint, method, events, also, why in list(csv.reader(file))[1:]
        ]
    return {row.key: row for row in rows}


def write_declared(prober: Prober) -> None:
    """Use every door once and keep what was heard, beside what was written by hand."""
    kept = read_declared() if TABLE.exists() else {}
    known = {use.row.key: hear(prober, use) for use in uses(prober)}
    rows = []
    for door in asked_doors(prober):
        key = door.endpoint, door.method
        row = kept.get(key, Declared(*key))
        if REFUSED not in known.get(key, REFUSED):
            why = row.why if row.why != UNWITNESSED else ""
            row = replace(row, events=known[key], why="" if known[key] else why)
        else:
            row = replace(row, events=(), why=row.why or UNWITNESSED)
        rows.append(row)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        for row in sorted(rows, key=lambda row: row.key):
            also = " ".join(sorted(row.also - set(row.events)))
            writer.writerow((*row.key, " ".join(row.events), also, row.why))


@contextmanager
def listening(connection: Connection) -> Iterator[Heard]:
    """Note what is written to the trail and to the log of readings while this lasts."""
    heard = Heard()

    def note(_connection: Any, statement: Any, several: Any, one: Any, _options: Any) -> None:
        if not isinstance(statement, Insert):
            return
        rows = several or [one]
        if statement.table.name == AuditEvent.__tablename__:
            heard.acts += [row["verb"] for row in rows]
        if statement.table.name == ReadLog.__tablename__:
            heard.reads |= {row["subject_type"] for row in rows}

    event.listen(connection, "before_execute", note)
    try:
        yield heard
    finally:
        event.remove(connection, "before_execute", note)


@dataclass(frozen=True)
class Use:
    """One request at one door: the row of the matrix, in which situation, as one of whom."""

    row: Row
    situation: str
    readers: tuple[str, ...]


def uses(prober: Prober) -> Iterator[Use]:
    """One accepted request a door, by the first reader and row whose answer is one."""
    done = set()
    for row in read_table():
        taken = SHOWN if row.method == "GET" else TAKEN
        readers = tuple(who for who in prober.cookies if row.expected(who) in taken)
        if readers and row.key not in done and (row.form or row.method == "GET"):
            done.add(row.key)
            yield Use(row, row.situations[0], readers)


def hear(prober: Prober, use: Use) -> tuple[str, ...]:
    """What a request leaves, and the second step of a form that is looked through first.

    Of those whom the matrix lets in the first who is let in here, too.
    """
    doors = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    heard: tuple[str, ...] = ()
    for reader in use.readers:
        heard = _hear(prober, use, Cell(doors[use.row.key], use.situation, reader), doors)
        if REFUSED not in heard:
            break
    return heard


def _hear(
    prober: Prober, use: Use, cell: Cell, doors: dict[tuple[str, str], Door]
) -> tuple[str, ...]:
    body = body_for(prober, use.row, cell, doors)
    forget_readings(prober.app)
    forget_refusals(prober.app)
    with prober.taken_back(), listening(prober.connection) as heard:
        answer = _send(prober, cell, body)
        if cell.door.method != "GET" and not heard.acts:
            path = prober.path(cell.door, cell.situation)
            following = _second_step(path, cell.door, answer)
            if following is not None and following != body:
                _send(prober, cell, following)
    return heard.all()


def _send(prober: Prober, cell: Cell, body: Body | None) -> TestResponse:
    address = prober.address(cell.door, cell.situation)
    sent = prober.with_files(cell.door.endpoint, body) if cell.door.method != "GET" else body
    return prober.send(address, cell.door.method, cell.reader, sent)


def _second_step(path: str, door: Door, answer: TestResponse) -> Body | None:
    if sign(answer) != "o" or answer.mimetype != "text/html":
        return None
    shown = forms_of(path, answer.text).get(path)
    return completed(door.endpoint, shown) if shown else None


def refusals(prober: Prober, rows: Iterable[Row], signs: str) -> Iterator[Use]:
    """One refused request a door and sign, by somebody who signed in."""
    done = set()
    for row in rows:
        for reader in prober.cookies:
            answer = row.expected(reader)
            if answer in signs and (row.key, answer) not in done:
                done.add((row.key, answer))
                yield Use(row, row.situations[0], (reader,))
