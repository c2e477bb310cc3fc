"""Running one tick of one job, exactly once (定期処理の実行)."""

import logging
import os
import socket
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs.models import JobRun
from app.jobs.schedule import Job

logger = logging.getLogger(__name__)


class TickResult(NamedTuple):
    """What became of a tick: `is_mine` is False when another process has it already."""

    is_mine: bool
    effects: int = 0
    error: str = ""


def run_tick(job: Job, scheduled_for: datetime) -> TickResult:
    """Claim the tick, run the job at its moment, write down how it ended (P07).

    The claim is a row of its own: it stays when the job fails, and its owner can be seen.
    """
    moment = scheduled_for.astimezone(UTC).replace(microsecond=0)
    if not _claim(job, moment):
        return TickResult(is_mine=False)
    try:
        with clock.at(moment):
            prepared = job.prepare() if job.prepare else None
        with unit_of_work():
            with clock.at(moment):
                effects = prepared() if prepared else job.run(moment)
            _finish(job, moment, effects=effects)
    except Exception as error:
        logger.exception("job %s failed for %s", job.name, moment.isoformat())
        words = f"{type(error).__name__}: {error}"
        with unit_of_work():
            _finish(job, moment, error=words)
        return TickResult(is_mine=True, error=words)
    return TickResult(is_mine=True, effects=effects)


def _claim(job: Job, moment: datetime) -> bool:
    try:
        with unit_of_work() as session:
            session.add(
                JobRun(
                    job=job.name,
                    scheduled_for=moment,
                    owner=f"{socket.gethostname()}:{os.getpid()}",
                    started_at=clock.now(),
                )
            )
    except IntegrityError:
        return False
    return True


def _finish(job: Job, moment: datetime, *, effects: int = 0, error: str = "") -> None:
    run = db.session.get_one(JobRun, (job.name, moment))
    run.finished_at = clock.now()
    run.effects = effects
    run.error = error
