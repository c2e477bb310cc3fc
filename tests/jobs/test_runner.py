"""A tick takes effect exactly once, whoever runs it (P07)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, Role
from app.core import clock
from app.extensions import db
from app.jobs.models import JobRun
from app.jobs.runner import run_tick
from app.jobs.schedule import Job
from app.notifications.models import OutboxMessage
from app.notifications.services import enqueue
from tests.factories import make_organization, make_user

SLOT = clock.jst(2024, 8, 28, 0, 1)


def make_job(run: Callable[[datetime], int]) -> Job:
    return Job(name="a_job", label="処理", cron={"minute": "*"}, run=run)


def test_p07_tick_runs_once(db_session: Session) -> None:
    seen: list[datetime] = []
    job = make_job(lambda moment: len(seen) if seen.append(clock.now()) else 7)

    first = run_tick(job, SLOT)
    second = run_tick(job, SLOT)

    assert (first.is_mine, first.effects, first.error) == (True, 7, "")
    assert second.is_mine is False
    assert seen == [SLOT]


def test_run_tick_writes_down_how_it_ended(db_session: Session) -> None:
    run_tick(make_job(lambda moment: 3), SLOT)

    run = db_session.scalars(select(JobRun)).one()
    assert (run.job, run.scheduled_for, run.effects, run.error) == ("a_job", SLOT, 3, "")
    assert run.finished_at is not None


def test_failed_tick_leaves_no_effect_but_its_reason(db_session: Session) -> None:
    body = make_organization(OrganizationKind.SECRETARIAT, "事務局")
    reader = make_user("reader", body, Role.OFFICER)
    db_session.commit()

    def fail(moment: datetime) -> int:
        enqueue("closed", [reader], key="news", path="/", reference="R6-0001")
        db.session.flush()
        raise ValueError("the disk is full")

    result = run_tick(make_job(fail), SLOT)

    assert result.error == "ValueError: the disk is full"
    assert db_session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    assert db_session.scalars(select(JobRun.error)).one() == "ValueError: the disk is full"


def test_p07_many_processes_run_a_tick_once(committed_app: Flask) -> None:
    runs: list[datetime] = []

    def tick(_number: int) -> bool:
        with committed_app.app_context():
            return run_tick(make_job(lambda moment: runs.append(moment) or 1), SLOT).is_mine

    with ThreadPoolExecutor(6) as pool:
        owners = sum(pool.map(tick, range(12)))

    assert owners == 1
    assert len(runs) == 1
