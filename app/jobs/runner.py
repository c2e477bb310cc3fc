"""Running one tick of one job, exactly once (定期処理の実行)."""

import logging
from datetime import UTC, datetime
from typing import NamedTuple

from structlog.contextvars import bound_contextvars

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.jobs.ledger import LeaseLost, claim, hold, note_failure
from app.jobs.schedule import Job

logger = logging.getLogger(__name__)


class TickResult(NamedTuple):
    """What became of a tick: `is_mine` is False when another process has it already."""

    is_mine: bool
    effects: int = 0
    error: str = ""


NOT_MINE = TickResult(is_mine=False)


def run_tick(
    job: Job,
    scheduled_for: datetime,
    *,
    stands_from: datetime | None = None,
    is_by_hand: bool = False,
) -> TickResult:
    """Claim the tick, run the job at its moment, write down how it ended (P07).

    Effect and ending are one transaction: a process killed in between leaves neither, and its tick
    is taken over when its lease has passed. `stands_from` is the first missed tick it makes up for.
    """
    moment = scheduled_for.astimezone(UTC).replace(microsecond=0)
    attempt = claim(job, moment, stands_from=stands_from, is_by_hand=is_by_hand)
    if attempt is None:
        return NOT_MINE
    # Every line that is logged meanwhile names the tick, as those of a request name the request.
    with bound_contextvars(job=job.name, tick=moment.isoformat(), attempt=attempt):
        try:
            return _run(job, moment, attempt)
        except LeaseLost:
            logger.warning("job %s was taken over for %s", job.name, moment.isoformat())
            return NOT_MINE
        except Exception as error:
            logger.exception("job %s failed for %s", job.name, moment.isoformat())
            return _fail(job, moment, attempt, f"{type(error).__name__}: {error}")


def _run(job: Job, moment: datetime, attempt: int) -> TickResult:
    with clock.at(moment):
        prepared = job.prepare() if job.prepare else None
    with unit_of_work():
        run = hold(job, moment, attempt)
        with clock.at(moment):
            effects = prepared() if prepared else job.run(moment)
        run.finished_at = clock.now()
        run.effects = effects
    return TickResult(is_mine=True, effects=effects)


def _fail(job: Job, moment: datetime, attempt: int, words: str) -> TickResult:
    try:
        with unit_of_work():
            note_failure(job, moment, attempt, words)
    except LeaseLost:
        return NOT_MINE
    return TickResult(is_mine=True, error=words)
