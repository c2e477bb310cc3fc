"""A disk that fills up is told of before it is full, once (保存場所の空きの警報, P16)."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.disk import DiskSpace
from app.extensions import db
from app.jobs.disk_check import tell_of_disks
from app.jobs.models import AlarmKind, JobAlarm, JobRun
from app.jobs.queries import open_alarms
from app.jobs.scheduler import DISKS, build_scheduler
from app.jobs.supervision import supervise
from app.notifications.models import OutboxMessage
from tests.accounts.browser import enter
from tests.conftest import close_connections, make_app
from tests.databases import Databases
from tests.factories import World, make_world

NOON = clock.jst(2024, 8, 28, 12)
TOTAL = 1000 << 20
MESSAGE = "保存場所の空きが、残り80 MB（全体の8.0%）です"


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def look(minute: float, **percent: int) -> None:
    """Look at the places a minute, each with so much of a hundred left."""
    spaces = {place: DiskSpace(left * TOTAL // 100, TOTAL) for place, left in percent.items()}
    with clock.at(NOON + timedelta(minutes=minute)):
        tell_of_disks(spaces)


def letters(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(
        select(OutboxMessage.letter, OutboxMessage.recipient_id).order_by(OutboxMessage.id)
    )
    return [(letter, person) for letter, person in rows]


def test_p16_disk_that_fills_up_is_told_once_and_its_room_once(
    db_session: Session, world: World
) -> None:
    admin = world["admin"].id

    for minute, left in enumerate((40, 10, 8, 4, 0, 11, 9, 12, 30)):
        look(minute, files=left)

    # Told at 8 %, long before 5; a little above a tenth is not over yet.
    assert letters(db_session) == [("disk_low", admin), ("job_recovered", admin)]
    alarm = db_session.scalars(select(JobAlarm)).one()
    assert (alarm.moment, alarm.ended_at) == (
        NOON + timedelta(minutes=2),
        NOON + timedelta(minutes=7),
    )


def test_p16_each_place_is_told_of_by_itself_and_again_the_next_time(
    db_session: Session, world: World
) -> None:
    look(0, database=9, files=50)
    look(1, database=9, files=9)
    look(2, database=50, files=9)
    look(3, database=9, files=9)

    told = [letter for letter, _ in letters(db_session)]
    assert told == ["disk_low", "disk_low", "job_recovered", "disk_low"]


def test_p16_place_that_nobody_could_ask_changes_nothing(db_session: Session, world: World) -> None:
    look(0, files=9)
    look(1)

    assert db_session.scalars(select(JobAlarm.ended_at)).all() == [None]


def test_p16_alarm_stands_on_the_home_of_the_admin_and_in_the_notices(
    app: Flask, db_session: Session, world: World
) -> None:
    look(0, database=8)
    browser = enter(app, "admin")

    pages = [browser.get(path).text for path in ("/", "/jobs")]
    notices = browser.get("/notices").text
    officer = enter(app, "officer1").get("/").text

    assert [MESSAGE in page for page in pages] == [True, True]
    assert "保存場所の空きが少なくなっています" in notices
    assert MESSAGE not in officer


def test_p16_supervision_of_the_jobs_leaves_the_alarm(db_session: Session, world: World) -> None:
    look(0, files=8)

    supervise(NOON + timedelta(minutes=1), [])

    assert db_session.scalars(select(JobAlarm.kind)).all() == [AlarmKind.DISK]
    assert len(letters(db_session)) == 1


def test_alarm_of_a_node_that_was_removed_is_closed_after_a_day(
    db_session: Session, world: World
) -> None:
    raised = NOON - timedelta(hours=25)
    for node in ("gone", "there"):
        job = f"files@{node}"
        db_session.add(
            JobAlarm(job=job, kind=AlarmKind.DISK, moment=raised, words="満杯", raised_at=raised)
        )
        # Their last ticks, before the day and within it.
        started = NOON - timedelta(hours=24, minutes=1 if node == "gone" else -1)
        db_session.add(
            JobRun(
                job=f"job-{node}",
                scheduled_for=started,
                owner=f"{node}:17",
                lease_until=started,
                started_at=started,
                finished_at=started,
            )
        )
    db_session.commit()

    look(-62, files=50)
    before = [row.job for row in open_alarms()]
    look(0, files=50)
    look(1, files=50)

    entry = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "job_alarm.close")).one()
    assert before == ["files@gone", "files@there"]
    assert [row.job for row in open_alarms()] == ["files@there"]
    assert (entry.actor_id, entry.changes["job"]) == (None, "files@gone")
    assert letters(db_session) == []


def test_p16_two_schedulers_that_look_at_once_tell_once(
    databases: Databases, migrated_database: str
) -> None:
    app = make_app(databases.create(migrated_database))
    with app.app_context():
        make_world()
        db.session.commit()
    barrier = Barrier(2)

    def look_at_once(minute: float) -> None:
        with app.app_context():
            barrier.wait(timeout=30)
            look(minute, files=8)

    threads = [Thread(target=look_at_once, args=(minute,)) for minute in (0, 0.5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        alarms = db.session.scalar(select(func.count()).select_from(JobAlarm))
        told = letters(db.session)
    close_connections(app)

    assert (alarms, [letter for letter, _ in told]) == (1, ["disk_low"])


def test_p16_scheduler_looks_at_the_disks_every_minute(app: Flask) -> None:
    job = build_scheduler(app, []).get_job(DISKS)

    first = job.trigger.get_next_fire_time(None, NOON)
    assert job.trigger.get_next_fire_time(first, first) - first <= timedelta(minutes=1)
