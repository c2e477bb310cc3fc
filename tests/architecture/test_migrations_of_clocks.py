"""Migrations 0026 to 0033 over a database in use: what there was before them stays as it was."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from app.core import clock
from app.extensions import alembic, db
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.triage.services.pending import Hold, Resume, hold, resume
from tests.architecture.used_database import NOW, Rows, add_row, read, shared, stored
from tests.factories import (
    make_in_confirmation,
    make_in_review,
    make_pending,
    make_returned,
    make_world,
)

BEFORE, LAST = "0025", "0033"
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
# Its statuses change; what becomes of them is told below.
REWRITTEN = ("outbox_message",)
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


@pytest.fixture
def used_app(committed_app: Flask) -> Iterator[Flask]:
    """Cases with clocks that ran, stopped and ended, mail of every status, a row in every table."""
    with committed_app.app_context():
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
        for name in ADDED:
            add_row(name)
        yield committed_app


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


def clocks() -> Rows:
    """When each clock was started and which one it goes on with."""
    return read("SELECT id, started_at, continues_id, is_extended FROM case_clock ORDER BY id")


def test_what_there_was_before_stays_on_the_way_down_and_up(used_app: Flask) -> None:
    # What later migrations add is for their own tests to say.
    alembic.downgrade(LAST)
    at_head, clocks_at_head = stored(without=REWRITTEN), clocks()
    alembic.downgrade(BEFORE)
    below = stored(without=REWRITTEN)
    statuses = dict(read("SELECT message_id, status FROM outbox_message"))
    alembic.upgrade(LAST)
    again = stored(without=REWRITTEN)

    assert set(at_head) - set(below) == set(ADDED)
    assert shared(at_head, below) == shared(below, below) == shared(again, below)
    assert clocks() == clocks_at_head
    assert [row[2] is not None for row in clocks_at_head].count(True) == 1
    assert {name: statuses[name] for name in STATUS_BEFORE} == STATUS_BEFORE
    assert set(STATUS_BEFORE) == {status.value for status in DeliveryStatus}
    waiting = "SELECT message_id FROM outbox_message WHERE next_try_at = created_at"
    assert {row[0] for row in read(waiting)} >= {"held", "queued", "sending"}
