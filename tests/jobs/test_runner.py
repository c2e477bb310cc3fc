"""A tick takes effect exactly once, whoever runs it (P07)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, Role
from app.core import clock
from app.extensions import db
from app.jobs.ledger import claim
from app.jobs.models import JobRun
from app.jobs.runner import NOT_MINE, run_tick
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


def claim_long_ago(job: Job) -> int | None:
    with clock.at(clock.now() - job.lease - timedelta(seconds=1)):
        return claim(job, SLOT)


def test_p07_tick_of_a_lost_process_is_taken_over(db_session: Session) -> None:
    job = make_job(lambda moment: 5)
    claim_long_ago(job)

    result = run_tick(job, SLOT)

    assert (result.is_mine, result.effects) == (True, 5)
    run = db_session.scalars(select(JobRun)).one()
    assert (run.attempt, run.effects, run.is_cut_short(clock.now())) == (2, 5, False)


def test_p07_tick_is_left_alone_while_its_lease_lasts(db_session: Session) -> None:
    runs: list[datetime] = []
    job = make_job(lambda moment: runs.append(moment) or 1)
    claim(job, SLOT)

    result = run_tick(job, SLOT)

    assert result == NOT_MINE
    assert runs == []


def test_p07_overtaken_process_writes_nothing(db_session: Session) -> None:
    body = make_organization(OrganizationKind.SECRETARIAT, "事務局")
    reader = make_user("reader", body, Role.OFFICER)
    db_session.commit()
    keys = iter(("first", "second"))

    def tell(moment: datetime) -> int:
        return enqueue("closed", [reader], key=next(keys), path="/", reference="R6-0001")

    later = clock.now() + timedelta(hours=1)

    def prepare() -> Callable[[], int]:
        # Stopped here for longer than its lease: another process takes the tick meanwhile.
        with clock.at(later):
            run_tick(make_job(tell), SLOT)
        return lambda: tell(SLOT)

    slow = make_job(tell)._replace(prepare=prepare)
    result = run_tick(slow, SLOT)

    assert result == NOT_MINE
    keys_sent = db_session.scalars(select(OutboxMessage.dedupe_key)).all()
    assert keys_sent == [f"first:{reader.id}"]
