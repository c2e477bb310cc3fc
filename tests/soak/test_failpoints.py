"""A process that dies at any word it has with the database leaves a tick whole or undone (P03).

Each word of a tick is a failpoint: before and after every statement, before and after every commit.
At each of them a process is killed; another one takes the tick over when the lease has passed.
"""

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NoReturn

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.jobs.ledger import claim
from app.jobs.queries import cut_short, find_run
from app.jobs.runner import run_tick
from app.jobs.schedule import Job
from tests.soak.scheduler_process import EFFECTS, JOBS, SUBJECTS

EACH, NEWEST = JOBS
START = clock.jst(2024, 9, 2, 8).astimezone(UTC)
# A tick that fails has four statements and two commits, one that runs has more.
FEWEST_POINTS = 12


@pytest.fixture
def app_with_effects(committed_app: Flask) -> Iterator[Flask]:
    with committed_app.app_context():
        EFFECTS.create(db.engine)
        yield committed_app


def fail(moment: datetime) -> int:
    raise ValueError(f"no effect at {moment}")


def start(job: Job, moment: datetime) -> None:
    run_tick(job, moment)


def start_and_fail(job: Job, moment: datetime) -> None:
    run_tick(job._replace(run=fail, prepare=None), moment)


def take_over(job: Job, moment: datetime) -> None:
    with clock.at(clock.machine_now() - 2 * job.lease):
        claim(job, moment)
    run_tick(job, moment)


@pytest.mark.parametrize("job", [EACH, NEWEST], ids=lambda job: job.name)
@pytest.mark.parametrize("work", [start, start_and_fail, take_over])
def test_p03_p07_tick_takes_effect_once_wherever_its_process_dies(
    app_with_effects: Flask, job: Job, work: Callable[[Job, datetime], None]
) -> None:
    for point in count():
        moment = START + timedelta(minutes=point)

        has_survived = survives(work, job, moment, point)

        assert left_behind(job, moment) in ("nothing", "claim", "failure", "all"), point
        with clock.at(clock.machine_now() + timedelta(hours=1)):
            run_tick(job, moment, is_by_hand=left_behind(job, moment) == "failure")
        assert left_behind(job, moment) == "all", point
        if has_survived:
            break

    assert point >= FEWEST_POINTS


def survives(work: Callable[[Job, datetime], None], job: Job, moment: datetime, point: int) -> bool:
    """Work in a process of its own that is killed at a failpoint; False when it was."""
    db.session.close()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        _live_and_die(lambda: work(job, moment), point)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), point
    return status == 0


def _live_and_die(work: Callable[[], None], point: int) -> NoReturn:
    """Be the child: whatever happens, the test goes on in its parent alone."""
    code = 1
    try:
        kill_at(point)
        work()
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


def kill_at(point: int) -> None:
    """Have this process killed at the failpoint with this number, counted from 0."""
    passed = count()

    def burn(*_: object) -> None:
        if next(passed) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(db.engine, name, burn)
    event.listen(Session, "after_commit", burn)


def left_behind(job: Job, moment: datetime) -> str:
    """What there is of a tick; half an effect, or one beside its ledger, is named as it is."""
    db.session.rollback()
    run = find_run(job.name, moment)
    effects = db.session.scalar(
        select(func.count(EFFECTS.c.id)).where(
            EFFECTS.c.job == job.name, EFFECTS.c.scheduled_for == moment
        )
    )
    later = clock.machine_now() + timedelta(minutes=1)
    known = {
        (False, False, False, 0): "nothing",
        (True, False, False, 0): "claim",
        (True, True, True, 0): "failure",
        (True, True, False, SUBJECTS): "all",
    }
    found = (
        run is not None,
        run is not None and run.finished_at is not None,
        run is not None and run.has_failed,
        effects or 0,
    )
    # Whoever looks for lost ticks finds the claim of the dead process.
    is_found = (moment in cut_short(job.name, later)) == (known.get(found) == "claim")
    return known.get(found, str(found)) if is_found else "lost"
