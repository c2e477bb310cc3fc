"""Claiming, holding and ending a tick in the ledger (定期処理の引受け)."""

import os
import socket
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs.models import JobRun
from app.jobs.schedule import Job


class LeaseLost(Exception):
    """Another process has taken the tick over: nothing of this one may be written (P07)."""


def claim(
    job: Job, moment: datetime, *, stands_from: datetime | None = None, is_by_hand: bool = False
) -> int | None:
    """Take a tick (引受け) in a transaction of its own; return the fencing number.

    None: it was run, or somebody else has it. The row stays when the job fails, so that its owner
    can be seen.
    """
    now = clock.now()
    run = JobRun(
        job=job.name,
        scheduled_for=moment,
        owner=_owner(),
        attempt=1,
        lease_until=now + job.lease,
        stands_from=stands_from,
        is_by_hand=is_by_hand,
        started_at=now,
    )
    try:
        with unit_of_work() as session:
            session.add(run)
    except IntegrityError:
        return _take_over(job, moment)
    return 1


def hold(job: Job, moment: datetime, attempt: int) -> JobRun:
    """Lock the row of a tick inside the transaction of its effect. Raises LeaseLost.

    Whoever holds it cannot be overtaken: a process that was stopped in between either still has
    the lock, or finds another number and leaves without a word.
    """
    run = db.session.scalars(
        select(JobRun)
        .where(JobRun.job == job.name, JobRun.scheduled_for == moment)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if run.attempt != attempt or run.finished_at is not None:
        raise LeaseLost(f"{job.name} {moment.isoformat()}")
    return run


def _take_over(job: Job, moment: datetime) -> int | None:
    """Take a tick whose owner was lost (引継ぎ); None while its lease lasts, or when it ended."""
    now = clock.now()
    with unit_of_work() as session:
        # A locked row is one whose owner is just writing its effect: nothing to take.
        run = session.scalars(
            select(JobRun)
            .where(JobRun.job == job.name, JobRun.scheduled_for == moment)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if run is None or not run.is_cut_short(now):
            return None
        run.attempt += 1
        run.owner = _owner()
        run.started_at = now
        run.lease_until = now + job.lease
        return run.attempt


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
