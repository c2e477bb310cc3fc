"""Claiming, holding and ending a tick in the ledger (定期処理の引受け)."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs.models import JobRun
from app.jobs.schedule import Job

# How long after a failure a tick is tried again; after the last of them a person has to see to it.
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))


class LeaseLost(Exception):
    """Another process has taken the tick over: nothing of this one may be written (P07)."""


def claim(
    job: Job, moment: datetime, *, stands_from: datetime | None = None, is_by_hand: bool = False
) -> int | None:
    """Take a tick (引受け) in a transaction of its own; return the fencing number.

    None: it was run, or somebody else has it. The row stays when the job fails, so that its owner
    can be seen; a person may take a failed tick at once, a scheduler when its next try has come.
    """
    now = clock.now()
    # Not through the session: a row it has read already may be the one that is met.
    row = insert(JobRun).values(
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
            session.execute(row)
    except IntegrityError:
        return _take_over(job, moment, is_by_hand=is_by_hand)
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


def note_failure(job: Job, moment: datetime, attempt: int, words: str) -> JobRun:
    """Write down that a tick failed, and when it is tried again (再試行). Raises LeaseLost."""
    run = hold(job, moment, attempt)
    run.finished_at = clock.now()
    run.error = words
    run.failures += 1
    # A person sees the fault at once and decides; a tick of the schedule has nobody.
    if not run.is_by_hand and run.failures <= len(RETRY_AFTER):
        run.retry_at = run.finished_at + RETRY_AFTER[run.failures - 1]
    return run


def _take_over(job: Job, moment: datetime, *, is_by_hand: bool) -> int | None:
    """Take a tick whose owner was lost (引継ぎ), or that failed; None when there is nothing to do.

    The lease of a lost owner must be over.
    """
    now = clock.now()
    with unit_of_work() as session:
        # A locked row is one whose owner is just writing its effect: nothing to take.
        run = session.scalars(
            select(JobRun)
            .where(JobRun.job == job.name, JobRun.scheduled_for == moment)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if run is None or not _is_free(run, now, is_by_hand=is_by_hand):
            return None
        run.attempt += 1
        run.owner = _owner()
        run.started_at = now
        run.lease_until = now + job.lease
        run.finished_at = run.retry_at = None
        run.error = ""
        return run.attempt


def _is_free(run: JobRun, now: datetime, *, is_by_hand: bool) -> bool:
    if run.has_failed:
        return is_by_hand or (run.retry_at is not None and run.retry_at <= now)
    return run.is_cut_short(now)


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
