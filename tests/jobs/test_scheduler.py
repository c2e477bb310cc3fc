"""Which tick a call belongs to (定期処理の予定時刻)."""

from datetime import datetime, timedelta

import pytest

from app.core import clock
from app.core.errors import NotFound
from app.jobs.schedule import JOBS, Job, get_job
from app.jobs.scheduler import latest_slot

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
