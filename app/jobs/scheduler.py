"""The scheduler (定期処理の起動): a process of its own, as many of them as one likes."""

from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from app.core import clock
from app.core.clock import JST
from app.jobs.runner import run_tick
from app.jobs.schedule import JOBS, Job

# A tick that comes late, because the machine slept or was busy, is still run within this time.
LATEST_SECONDS = 3600

# Widened until a tick is found, so that a job of every minute is not searched through a week.
SEARCH_WINDOWS = (timedelta(minutes=2), timedelta(hours=2), timedelta(days=2), timedelta(days=16))


def build_scheduler(app: Flask) -> BlockingScheduler:
    """Make the scheduler with all jobs; `start()` runs it in the foreground."""
    scheduler = BlockingScheduler(
        timezone=JST,
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": LATEST_SECONDS,
        },
    )
    for job in JOBS:
        scheduler.add_job(_tick_of(app, job), job.trigger(), id=job.name, name=job.label)
        # Once at the start as well: the last tick that was missed while nothing ran is made up.
        scheduler.add_job(_tick_of(app, job), id=f"{job.name}:start", name=job.label)
    return scheduler


def latest_slot(job: Job, now: datetime) -> datetime | None:
    """Last scheduled instant up to `now`: a late tick has the name of the tick it was meant to be.

    All processes name it alike. None when the job was not due within the longest window.
    """
    for window in SEARCH_WINDOWS:
        found: datetime | None = None
        following: datetime | None = job.trigger().get_next_fire_time(None, now - window)
        while following is not None and following <= now:
            found = following
            following = job.trigger().get_next_fire_time(found, found + timedelta(seconds=1))
        if found is not None:
            return found
    return None


def _tick_of(app: Flask, job: Job) -> Callable[[], None]:
    def tick() -> None:
        slot = latest_slot(job, clock.now())
        if slot is None:
            return
        with app.app_context():
            run_tick(job, slot)

    return tick
