"""Which tick a call belongs to (定期処理の予定時刻)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import NotFound
from app.jobs.ledger import claim
from app.jobs.models import JobRun
from app.jobs.runner import run_tick
from app.jobs.schedule import JOBS, Job, get_job
from app.jobs.scheduler import run_due
from app.jobs.slots import DueTick, due_ticks, latest_slot

EVERY_MINUTE = Job(name="minutely", label="毎分", cron={"minute": "*"}, run=lambda moment: 0)
WEEKDAYS = Job(
    name="morning",
    label="平日の朝",
    cron={"day_of_week": "mon-fri", "hour": "8", "minute": "0"},
    run=lambda moment: 0,
)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (clock.jst(2024, 8, 28, 0, 1, 0), clock.jst(2024, 8, 28, 0, 1)),
        (clock.jst(2024, 8, 28, 0, 1, 59), clock.jst(2024, 8, 28, 0, 1)),
    ],
)
def test_latest_slot_is_the_same_within_a_minute(now: datetime, slot: datetime) -> None:
    assert latest_slot(EVERY_MINUTE, now) == slot


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (clock.jst(2024, 8, 26, 8, 0, 0), clock.jst(2024, 8, 26, 8)),
        (clock.jst(2024, 8, 26, 8, 40), clock.jst(2024, 8, 26, 8)),
        (clock.jst(2024, 8, 26, 7, 59, 59), clock.jst(2024, 8, 23, 8)),
        (clock.jst(2024, 8, 25, 12), clock.jst(2024, 8, 23, 8)),
    ],
)
def test_latest_slot_of_a_late_tick_is_the_one_it_was_meant_for(
    now: datetime, slot: datetime
) -> None:
    assert latest_slot(WEEKDAYS, now) == slot


def test_jobs_run_in_japanese_time() -> None:
    for job in JOBS:
        following = job.trigger().get_next_fire_time(None, clock.jst(2024, 8, 26))

        assert following.utcoffset() == timedelta(hours=9)


def test_get_job_names_the_jobs_that_exist() -> None:
    with pytest.raises(NotFound, match="round_gate"):
        get_job("no_such_job")


def test_due_ticks_of_a_first_start_are_the_newest_alone() -> None:
    now = clock.jst(2024, 8, 26, 8, 40)

    assert due_ticks(WEEKDAYS, now, None) == [DueTick(clock.jst(2024, 8, 26, 8), None)]


def test_due_ticks_are_none_when_the_newest_ran() -> None:
    now = clock.jst(2024, 8, 26, 8, 40)

    assert due_ticks(WEEKDAYS, now, clock.jst(2024, 8, 26, 8)) == []


def test_p08_newest_tick_names_the_first_it_stands_for() -> None:
    ran = clock.jst(2024, 8, 22, 8)

    ticks = due_ticks(WEEKDAYS, clock.jst(2024, 8, 26, 8, 40), ran)

    assert ticks == [DueTick(clock.jst(2024, 8, 26, 8), clock.jst(2024, 8, 23, 8))]


def test_p08_every_missed_tick_is_made_up_in_order(db_session: Session) -> None:
    seen: list[datetime] = []
    job = WEEKDAYS._replace(each_missed=True, run=lambda moment: seen.append(moment) or 1)
    run_due(job, clock.jst(2024, 12, 27, 8))

    run_due(job, clock.jst(2025, 1, 2, 9))
    run_due(job, clock.jst(2025, 1, 2, 9))

    days = [(12, 27), (12, 30), (12, 31), (1, 1), (1, 2)]
    assert seen == [clock.jst(2024 if month == 12 else 2025, month, day, 8) for month, day in days]


def test_p08_tick_that_was_cut_short_is_run_before_the_next(db_session: Session) -> None:
    seen: list[datetime] = []
    job = WEEKDAYS._replace(run=lambda moment: seen.append(moment) or 1)
    lost, following = clock.jst(2024, 8, 23, 8), clock.jst(2024, 8, 26, 8)
    db_session.add(
        JobRun(job=job.name, scheduled_for=lost, owner="lost", started_at=lost, lease_until=lost)
    )
    db_session.commit()

    run_due(job, following)

    assert seen == [lost, following]


def test_p08_run_by_hand_hides_no_missed_tick(db_session: Session) -> None:
    job = WEEKDAYS._replace(each_missed=True)
    run_due(job, clock.jst(2024, 8, 22, 8))
    run_tick(job, clock.jst(2024, 8, 26, 12), is_by_hand=True)

    run_due(job, clock.jst(2024, 8, 26, 13))

    ran = select(JobRun.scheduled_for).where(JobRun.is_by_hand.is_(False))
    assert db_session.scalars(ran.order_by(JobRun.scheduled_for)).all() == [
        clock.jst(2024, 8, day, 8) for day in (22, 23, 26)
    ]


def test_p08_nothing_is_run_behind_a_tick_that_another_process_runs(db_session: Session) -> None:
    seen: list[datetime] = []
    job = WEEKDAYS._replace(each_missed=True, run=lambda moment: seen.append(moment) or 1)
    run_due(job, clock.jst(2024, 8, 22, 8))
    claim(job, clock.jst(2024, 8, 23, 8), is_by_hand=True)

    run_due(job, clock.jst(2024, 8, 26, 8))

    assert seen == [clock.jst(2024, 8, 22, 8)]
