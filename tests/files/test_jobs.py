"""The jobs of the files (定期処理): slow work outside the transaction, verdicts inside (P33)."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import is_writing
from app.core.unit_of_work import unit_of_work
from app.files.models import StoredFile, Verdict
from app.files.services import take_in
from app.jobs.runner import run_tick
from app.jobs.schedule import Job, get_job
from tests.factories import make_world
from tests.files.hostile import EICAR
from tests.files.scanners import fake_clamd
from tests.files.scanning import use_scanner

SLOT = clock.jst(2024, 8, 28, 0, 1)


def stored_file(session: Session, content: bytes) -> StoredFile:
    world = make_world()
    session.commit()
    with unit_of_work():
        return take_in(BytesIO(content), "a.csv", size_limit_bytes=1000, actor=world["city"])


def test_preparation_runs_while_nothing_is_locked(db_session: Session) -> None:
    seen: list[bool] = []

    def work() -> int:
        seen.append(is_writing.get())
        return 5

    def prepare() -> object:
        seen.append(is_writing.get())
        return work

    result = run_tick(Job(name="a", label="a", cron={}, prepare=prepare), SLOT)

    assert result.effects == 5
    assert seen == [False, True]


def test_preparation_that_fails_leaves_its_reason(db_session: Session) -> None:
    def prepare() -> object:
        raise ValueError("the store is gone")

    result = run_tick(Job(name="a", label="a", cron={}, prepare=prepare), SLOT)

    assert (result.is_mine, result.error) == (True, "ValueError: the store is gone")


def test_p33_job_scans_what_waits(
    app: Flask, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_clamd() as clamd:
        use_scanner(app, monkeypatch, clamd.setting)
        stored = stored_file(db_session, EICAR)

        result = run_tick(get_job("scan_files"), SLOT)

    assert result.error == ""
    assert stored.verdict is Verdict.INFECTED


def test_p33_job_without_an_answer_leaves_the_file_waiting_and_goes_on(
    app: Flask, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_clamd("closed") as clamd:
        use_scanner(app, monkeypatch, clamd.setting)
        stored = stored_file(db_session, b"1,2\n")

        result = run_tick(get_job("scan_files"), SLOT)

    assert (result.effects, result.error) == (0, "")
    assert stored.verdict is Verdict.WAITING


def test_sweep_of_the_night_runs(db_session: Session) -> None:
    result = run_tick(get_job("sweep_files"), SLOT)

    assert (result.is_mine, result.error) == (True, "")
