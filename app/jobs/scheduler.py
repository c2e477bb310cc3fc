"""The scheduler (定期処理の起動): a process of its own, as many of them as one likes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from app.core import clock
from app.core.clock import JST
from app.jobs.queries import cut_short, is_running, last_scheduled
from app.jobs.runner import run_tick
from app.jobs.schedule import JOBS, Job

# Widened until a tick is found, so that a job of every minute is not searched through a week.
SEARCH_WINDOWS = (timedelta(minutes=2), timedelta(hours=2), timedelta(days=2), timedelta(days=16))


class DueTick(NamedTuple):
    """A tick to be run (実行する回), and the first missed one it stands for."""

    scheduled_for: datetime
    stands_from: datetime | None


def build_scheduler(app: Flask) -> BlockingScheduler:
    """Make the scheduler with all jobs; `start()` runs it in the foreground."""
    scheduler = BlockingScheduler(
        timezone=JST,
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            # However late: the ledger tells which ticks are still to be run.
            "misfire_grace_time": None,
        },
    )
    for job in JOBS:
        scheduler.add_job(_tick_of(app, job), job.trigger(), id=job.name, name=job.label)
        # Once at the start as well: what was missed while nothing ran is made up.
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


def due_ticks(job: Job, now: datetime, last: datetime | None) -> list[DueTick]:
    """Ticks to be run now, in order (抜けた回を含む予定時刻), after the one that ran `last` (P08).

    A job that runs `each_missed` gets every one of them, others the newest, which then names the
    first that it stands for. Without any earlier tick nothing was missed.
    """
    newest = latest_slot(job, now)
    if newest is None or (last is not None and newest <= last):
        return []
    missed = _next_slot(job, last) if last else newest
    if not job.each_missed:
        return [DueTick(newest, missed if missed and missed < newest else None)]
    found = []
    while missed is not None and missed <= newest:
        found.append(DueTick(missed, None))
        missed = _next_slot(job, missed)
    return found


def run_due(job: Job, now: datetime) -> None:
    """Run what is due of a job: first what was cut short, then what was missed, then the tick.

    Behind a tick that another process is still running nothing is run: that process goes on (P08).
    """
    for moment in cut_short(job.name, now):
        run_tick(job, moment)
    for tick in due_ticks(job, now, last_scheduled(job.name, now)):
        result = run_tick(job, tick.scheduled_for, stands_from=tick.stands_from)
        if not result.is_mine and is_running(job.name, tick.scheduled_for):
            return


def _next_slot(job: Job, after: datetime) -> datetime | None:
    found: datetime | None = job.trigger().get_next_fire_time(None, after + timedelta(seconds=1))
    return found


def _tick_of(app: Flask, job: Job) -> Callable[[], None]:
    def tick() -> None:
        with app.app_context():
            run_due(job, clock.now())

    return tick
