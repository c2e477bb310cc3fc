"""Imports that take long (時間のかかる取込み): in the background, safe against interruption."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core import clock
from app.exchange import background
from app.exchange.background import FAILED, run_imports
from app.exchange.models import ImportRun, ImportStage
from app.exchange.result import CheckResult, result_of
from app.exchange.rows import read_upload
from app.exchange.services import imports
from app.exchange.services.imports import Outcome, ask_commit, start_import
from app.extensions import db
from app.jobs.runner import run_tick
from app.jobs.schedule import get_job
from tests.exchange.tables import complete, sent, started, titles
from tests.factories import World


@pytest.fixture(autouse=True)
def few_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of rows be many."""
    monkeypatch.setattr(imports, "ROWS_AT_ONCE", 2)


def waiting(world: World, session: Session, count: int = 3, **changes: str) -> ImportRun:
    """An import that waits for the background."""
    file = sent(*[complete(**{"提案概要": f"題{number}", **changes}) for number in range(count)])
    upload = read_upload([file], world.round)
    run = start_import(world.round, [file], upload, actor=world["city"])
    session.commit()
    return run


def test_waiting_import_is_checked(world: World, db_session: Session) -> None:
    run = waiting(world, db_session)

    moved = run_imports()()

    assert (moved, run.stage, run.rows_done) == (1, ImportStage.CHECKED, 3)
    assert len(result_of(run.findings).lines) == 3
    assert titles(db_session) == []


def test_progress_is_written_while_the_rows_are_checked(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    tell = background._tell
    monkeypatch.setattr("app.exchange.checking.PROGRESS_ROWS", 2)
    monkeypatch.setattr(
        background, "_tell", lambda import_id, done: (told.append(done), tell(import_id, done))
    )
    waiting(world, db_session, count=5)

    run_imports()

    assert told == [2, 4]


def test_long_import_is_saved_by_the_next_tick(world: World, db_session: Session) -> None:
    run = started(world, sent(*[complete(提案概要=f"題{number}") for number in range(3)]))

    outcome = ask_commit(run, actor=world["city-mgr"])
    db_session.commit()
    between = titles(db_session)
    run_imports()

    assert (outcome, between) == (Outcome.QUEUED, [])
    assert titles(db_session) == ["題0", "題1", "題2"]
    assert (run.stage, run.committed_by_id) == (ImportStage.DONE, world["city-mgr"].id)


def test_long_import_pressed_twice_is_queued_once(world: World, db_session: Session) -> None:
    run = started(world, sent(*[complete(提案概要=f"題{number}") for number in range(3)]))

    outcomes = [ask_commit(run, actor=world["city"]) for _ in range(2)]
    db_session.commit()
    run_imports()
    run_imports()

    assert outcomes == [Outcome.QUEUED, Outcome.ALREADY_DONE]
    assert len(titles(db_session)) == 3


def test_p34_failure_in_the_background_saves_nothing_and_is_told(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(world, sent(*[complete(提案概要=f"題{number}") for number in range(3)]))
    ask_commit(run, actor=world["city"])
    db_session.commit()
    start_drafts = imports.start_drafts

    def fail_at_the_third(*args: object, **kwargs: object) -> object:
        if len(titles(db_session)) == 2:
            raise OSError("disk full")
        return start_drafts(*args, **kwargs)

    monkeypatch.setattr(imports, "DRAFTS_AT_ONCE", 1)
    monkeypatch.setattr(imports, "start_drafts", fail_at_the_third)
    run_imports()

    assert (run.stage, run.failure) == (ImportStage.FAILED, FAILED)
    assert titles(db_session) == []


def test_person_who_left_meanwhile_saves_nothing(world: World, db_session: Session) -> None:
    run = started(world, sent(*[complete(提案概要=f"題{number}") for number in range(3)]))
    ask_commit(run, actor=world["city"])
    world["city"].role_grants.clear()
    db_session.commit()

    run_imports()

    assert titles(db_session) == []
    assert run.stage in (ImportStage.FAILED, ImportStage.CHECKED)


def test_check_that_died_is_begun_anew_after_a_while(world: World, db_session: Session) -> None:
    run = waiting(world, db_session)
    run.stage = ImportStage.CHECKING
    db_session.commit()

    at_once = run_imports()()
    with clock.at(clock.now() + timedelta(minutes=11)):
        later = run_imports()()

    assert (at_once, later, run.stage) == (0, 1, ImportStage.CHECKED)


def test_failed_check_is_told(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = waiting(world, db_session)

    def fail(*_args: object, **_kwargs: object) -> CheckResult:
        raise OSError("disk full")

    monkeypatch.setattr(background, "check_import", fail)
    run_imports()

    assert (run.stage, run.failure) == (ImportStage.FAILED, FAILED)


def test_imports_are_forgotten_after_two_weeks(world: World, db_session: Session) -> None:
    waiting(world, db_session)
    run_imports()

    with clock.at(clock.now() + timedelta(days=13)):
        run_imports()
        kept = len(db_session.scalars(select(ImportRun)).all())
    with clock.at(clock.now() + timedelta(days=15)):
        run_imports()

    assert (kept, db_session.scalars(select(ImportRun)).all()) == (1, [])


def test_job_runs_every_five_seconds(world: World, db_session: Session) -> None:
    run = waiting(world, db_session)
    job = get_job("imports")

    result = run_tick(job, clock.now())

    following = job.trigger().get_next_fire_time(None, clock.jst(2024, 8, 26, 10, 0, 1))
    assert (result.is_mine, result.effects, result.error) == (True, 1, "")
    assert run.stage is ImportStage.CHECKED
    assert following == clock.jst(2024, 8, 26, 10, 0, 5)


def test_p17_long_import_waits_as_long_as_it_takes(shared_app: Flask) -> None:
    with shared_app.app_context():
        if db.engine.dialect.name != "postgresql":
            return
        asked: list[str] = []

        def listen(_connection: object, _cursor: object, words: str, *_rest: object) -> None:
            asked.append(words)

        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            run_imports()
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
            db.session.rollback()

        assert "SET LOCAL statement_timeout = 0" in asked
