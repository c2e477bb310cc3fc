"""Migrations 0026 to 0033 over a database in use: what there was before them stays as it was."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    MetaData,
    Table,
    insert,
    select,
    text,
)

from app.core import clock
from app.extensions import Base, UtcDateTime, alembic, db
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.triage.services.pending import Hold, Resume, hold, resume
from tests.conftest import close_connections, make_app
from tests.factories import (
    make_in_confirmation,
    make_in_review,
    make_pending,
    make_returned,
    make_world,
)

BEFORE, LAST = "0025", "0033"
NOW = clock.jst(2024, 8, 27, 10)
# In an order in which each finds what it points to.
ADDED = (
    "closing_day",
    "calendar_year",
    "delivery_attempt",
    "letter_setting",
    "mail_server_state",
    "deadline_change",
    "extension_request",
    "overdue_event",
    "escalation",
    "notice_preference",
    "backlog_snapshot",
    "report_subscription",
    "job_alarm",
    "job_contact",
    "mailing",
    "watch",
    "watch_version",
    "watch_check",
)
# What waits goes on waiting, what is over is not sent again.
STATUS_BEFORE = {
    "held": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "bounced": "parked",
    "parked": "parked",
    "withheld": "parked",
    "cancelled": "parked",
    "dropped": "parked",
}

Rows = list[tuple[Any, ...]]
# Columns and rows of each table, by its name.
Tables = dict[str, tuple[list[str], Rows]]


@pytest.fixture
def used_app(empty_database: str) -> Iterator[Flask]:
    """Cases with clocks that ran, stopped and ended, mail of every status, a row in every table."""
    app = make_app(empty_database)
    with app.app_context():
        alembic.upgrade()
        with clock.at(NOW):
            world = make_world()
            for make in (make_in_confirmation, make_in_review, make_pending, make_returned):
                make(world)
            case = make_in_review(world)
            db.session.add_all(message(status, world["city"].id) for status in DeliveryStatus)
            db.session.commit()
        with clock.at(NOW + timedelta(days=1)):
            put_off = Hold(version=case.version, reason="照会", revisit_on=date(2024, 10, 15))
            hold(case, put_off, actor=world["officer1"])
        with clock.at(NOW + timedelta(days=3)):
            resume(case, Resume(version=case.version), actor=world["officer1"])
            db.session.commit()
        with db.engine.begin() as connection:
            for name in ADDED:
                table = Base.metadata.tables[name]
                connection.execute(insert(table).values(row_of(table)))
        yield app
    close_connections(app)


def message(status: DeliveryStatus, recipient_id: int) -> OutboxMessage:
    return OutboxMessage(
        dedupe_key=status.value,
        message_id=status.value,
        recipient_id=recipient_id,
        subject=status.value,
        body="本文",
        status=status,
        created_at=NOW,
    )


def row_of(table: Table) -> dict[str, Any]:
    """A row that points to the first row of everything; dates one after the other."""
    return {
        column.name: value_of(column, number)
        for number, column in enumerate(table.columns)
        if not column.nullable
    }


def value_of(column: "Column[Any]", number: int) -> Any:
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    if isinstance(column.type, UtcDateTime | DateTime):
        return NOW
    if isinstance(column.type, Date):
        return date(2024, 9, 1) + timedelta(days=number)
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer):
        return 1
    return "x"


def stored() -> Tables:
    """Columns and rows of every table as they lie in the database."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.connect() as connection:
        return {
            table.name: (
                [column.name for column in table.columns],
                [tuple(row) for row in connection.execute(select(table))],
            )
            for table in metadata.sorted_tables
            if table.name not in ("alembic_version", "outbox_message")
        }


def shared(
    whole: dict[str, tuple[list[str], Rows]], part: dict[str, tuple[list[str], Rows]]
) -> Any:
    """Rows of `whole` with the tables and columns of `part` alone, in whatever order."""
    found = {}
    for name, (columns, _rows) in part.items():
        known, rows = whole[name]
        places = [known.index(column) for column in columns]
        found[name] = sorted(repr([row[place] for place in places]) for row in rows)
    return found


def clocks() -> Rows:
    """When each clock was started and which one it goes on with."""
    return read("SELECT id, started_at, continues_id, is_extended FROM case_clock ORDER BY id")


def read(statement: str) -> Rows:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_what_there_was_before_stays_on_the_way_down_and_up(used_app: Flask) -> None:
    # What later migrations add is for their own tests to say.
    alembic.downgrade(LAST)
    at_head, clocks_at_head = stored(), clocks()
    alembic.downgrade(BEFORE)
    below = stored()
    statuses = dict(read("SELECT message_id, status FROM outbox_message"))
    alembic.upgrade(LAST)
    again = stored()

    assert set(at_head) - set(below) == set(ADDED)
    assert shared(at_head, below) == shared(below, below) == shared(again, below)
    assert clocks() == clocks_at_head
    assert [row[2] is not None for row in clocks_at_head].count(True) == 1
    assert {name: statuses[name] for name in STATUS_BEFORE} == STATUS_BEFORE
    assert set(STATUS_BEFORE) == {status.value for status in DeliveryStatus}
    waiting = "SELECT message_id FROM outbox_message WHERE next_try_at = created_at"
    assert {row[0] for row in read(waiting)} >= {"held", "queued", "sending"}
