"""The scheduler (定期処理の起動): a process of its own, as many of them as one likes."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from app.core import clock
from app.core.clock import JST
from app.core.disk import disk_spaces
from app.core.node_clock import clock_offset, is_far_off
from app.jobs.disk_check import tell_of_disks
from app.jobs.queries import cut_short, due_again, is_running, last_scheduled, lost_runs
from app.jobs.runner import run_tick
from app.jobs.schedule import JOBS, Job
from app.jobs.slots import due_ticks
from app.jobs.supervision import supervise, tell_of_clock

SUPERVISION = "supervision"
# Beside the minute in which most jobs run: what they made up for is not taken for lost.
SUPERVISION_SECOND = "45"
DISKS = "disks"
DISKS_SECOND = "50"

logger = logging.getLogger(__name__)


def build_scheduler(app: Flask, jobs: Sequence[Job] = JOBS) -> BlockingScheduler:
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
    for job in jobs:
        scheduler.add_job(_tick_of(app, job), job.trigger(), id=job.name, name=job.label)
        # Once at the start as well: what was missed while nothing ran is made up.
        scheduler.add_job(_tick_of(app, job), id=f"{job.name}:start", name=job.label)
    scheduler.add_job(
        _in_context(app, lambda now: look_after(jobs, now)),
        "cron",
        second=SUPERVISION_SECOND,
        id=SUPERVISION,
        name="定期処理の見張り",
    )
    scheduler.add_job(
        _in_context(app, lambda _now: tell_of_disks(disk_spaces(app.config["SETTINGS"]))),
        "cron",
        second=DISKS_SECOND,
        id=DISKS,
        name="保存場所の見張り",
    )
    return scheduler


def run_due(job: Job, now: datetime) -> None:
    """Run what is due of a job: first what was cut short or failed, then what was missed.

    Behind a tick that another process is still running nothing is run: that process goes on (P08).
    A tick that failed holds up none of those behind it.
    """
    run_lost(job, now)
    for tick in due_ticks(job, now, last_scheduled(job.name, now)):
        result = run_tick(job, tick.scheduled_for, stands_from=tick.stands_from)
        if not result.is_mine and is_running(job.name, tick.scheduled_for):
            return


def run_lost(job: Job, now: datetime) -> None:
    """Run the ticks that were cut short, and those that failed and are to be tried again."""
    lost = cut_short(job.name, now) + due_again(job.name, now, newest_only=not job.each_missed)
    for moment in sorted(lost):
        run_tick(job, moment)


def look_after(jobs: Sequence[Job], now: datetime) -> None:
    """Try lost ticks again without waiting for the next one, then tell what is wrong (見張り)."""
    lost = {run.job for run in lost_runs(now)}
    for job in jobs:
        if job.name in lost:
            run_lost(job, now)
    supervise(now, jobs)


def _tick_of(app: Flask, job: Job) -> Callable[[], None]:
    return _in_context(app, lambda now: run_due(job, now))


def _in_context(app: Flask, work: Callable[[datetime], None]) -> Callable[[], None]:
    def tick() -> None:
        with app.app_context():
            run_by_true_clock(work)

    return tick


def run_by_true_clock(work: Callable[[datetime], None]) -> bool:
    """Do the work of a tick unless this node's clock is far off; return whether it was done (P20).

    Its ticks would be those of another time: other nodes do them. It tells of its clock instead.
    """
    offset = clock_offset()
    if is_far_off(offset):
        logger.error("no job is run: the clock of this node is off by %s", offset)
        tell_of_clock(offset)
        return False
    work(clock.now())
    return True
