"""Reading changes nothing (P42): what stands in the database is the same after every GET."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, func, select

from app.accounts.models import ApiToken, SignInAttempt, UserSession
from app.audit.models import AuditEvent, AuditHead, ReadLog
from tests.authorization.matrix import asked_doors, read_table
from tests.authorization.posts import is_of_share
from tests.authorization.probing import Cell, Prober
from tests.authorization.stored import Rows, keep
from tests.authorization.worlds import READERS

# READINGS=all asks at every door as every reader; the quick suite at one in so many as a few.
IS_WHOLE = os.environ.get("READINGS") == "all"
SHARE = 1 if IS_WHOLE else 15
ASKED_AS = tuple(READERS) if IS_WHOLE else ("manager", "officer", "admin")
# What a reading leaves by intent: its entry, last use of the sign-in or of the token, failed
# sign-ins (P22, P38).
LEFT_BEHIND = {model.__tablename__ for model in (ReadLog, UserSession, SignInAttempt, ApiToken)}
# What is handed out as a file leaves an entry in the trail, and nothing else.
TRAIL = {model.__tablename__ for model in (AuditEvent, AuditHead)}
CHANGE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)")


@contextmanager
def changes(connection: Connection) -> Iterator[list[str]]:
    """Note the tables that a statement changes while this lasts."""
    heard: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if change := CHANGE.match(statement):
            heard.append(change[1])

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(connection, "before_cursor_execute", note)


def stored(prober: Prober) -> Rows:
    rows = Rows()
    keep(rows)(prober.connection)
    return Rows({name: found for name, found in rows.items() if name not in LEFT_BEHIND})


def newest_entry(prober: Prober) -> int:
    return prober.connection.scalar(select(func.max(AuditEvent.seq))) or 0


def verbs_since(prober: Prober, seq: int) -> set[str]:
    return set(prober.connection.scalars(select(AuditEvent.verb).where(AuditEvent.seq > seq)))


@pytest.mark.parametrize("reader", ASKED_AS)
def test_p42_reading_changes_no_row(prober: Prober, reader: str) -> None:
    doors = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    chosen = [row for row in read_table() if row.method == "GET"]
    faults, asked = [], 0

    with prober.taken_back():
        before, since = stored(prober), newest_entry(prober)
        for row in chosen:
            if not is_of_share(f"{row.endpoint} {reader}", SHARE):
                continue
            for situation in row.situations:
                asked += 1
                with changes(prober.connection) as heard:
                    cell = Cell(doors[row.key], situation, reader)
                    prober.send(prober.path(cell.door, situation), "GET", reader)
                if changed := set(heard) - LEFT_BEHIND - TRAIL:
                    faults.append((row.endpoint, situation, changed))
        after, verbs = stored(prober), verbs_since(prober, since)

    assert asked > 300 // SHARE
    assert faults == []
    assert {name for name in before if before[name] != after[name]} <= TRAIL
    assert verbs <= {"download.hand_out", "api_token.use"}
