"""Liveness and readiness (稼働確認)."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.jobs.models import JobRun
from app.jobs.runner import run_tick
from app.jobs.schedule import JOBS, get_job
from app.notifications.models import MailServerState
from tests.conftest import close_connections, make_app
from tests.factories import make_world
from tests.notifications.test_services import tell


@pytest.fixture(autouse=True)
def space(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of every disk is free."""
    fill_disks(monkeypatch, free_percent=50)


def fill_disks(monkeypatch: pytest.MonkeyPatch, *, free_percent: int) -> None:
    """Let the system tell that so much of each disk is free."""
    sizes = SimpleNamespace(f_bavail=free_percent, f_blocks=100, f_frsize=4096)
    monkeypatch.setattr(os, "statvfs", lambda _path: sizes)


@pytest.mark.parametrize(("free_percent", "told"), [(10, "ok"), (9, "low")])
def test_p16_readyz_tells_of_a_disk_before_it_is_full_and_stays_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, free_percent: int, told: str
) -> None:
    fill_disks(monkeypatch, free_percent=free_percent)

    response = client.get("/readyz")

    assert response.json is not None
    assert (response.status_code, response.json["checks"]["disk"]) == (200, told)


def test_p18_readyz_is_not_ready_before_the_server_stops(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    before = client.get("/readyz").status_code
    (tmp_path / "draining").touch()

    response = client.get("/readyz")

    assert response.json is not None
    assert (before, response.status_code, response.json["status"]) == (200, 503, "stopping")
    assert client.get("/healthz").status_code == 200


def test_healthz_answers(client: FlaskClient) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_readyz_tells_that_no_scheduler_ran(client: FlaskClient) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json) == (
        200,
        {
            "status": "ok",
            "checks": {
                "database": "ok",
                "migrations": "ok",
                "clock": "ok",
                "scheduler": "never ran",
                "jobs": "ok",
                "virus_scan": "none",
                "mail": "none",
                "disk": "ok",
            },
        },
    )


def test_readyz_tells_a_late_scheduler(client: FlaskClient, db_session: Session) -> None:
    ran_at = clock.now() - timedelta(minutes=6)
    db_session.add(
        JobRun(
            job="round_gate",
            scheduled_for=ran_at,
            owner="host:1",
            lease_until=clock.now(),
            started_at=ran_at,
            finished_at=ran_at,
        )
    )
    db_session.commit()

    response = client.get("/readyz")

    assert response.json is not None
    assert response.json["checks"]["scheduler"] == "late"


def test_readyz_fails_before_the_migrations(empty_database: str) -> None:
    app = make_app(empty_database)

    response = app.test_client().get("/readyz")

    close_connections(app)
    assert response.status_code == 503
    assert response.json == {
        "status": "not ready",
        "checks": {
            "database": "ok",
            "migrations": "pending",
            "clock": "ok",
            "scheduler": "unknown",
            "jobs": "unknown",
            "virus_scan": "unknown",
            "mail": "unknown",
            "disk": "ok",
        },
    }


def test_readyz_names_the_jobs_when_asked_and_stays_ready(
    client: FlaskClient, db_session: Session
) -> None:
    ran_at = clock.now() - timedelta(hours=1)
    with clock.at(ran_at):
        run_tick(get_job("round_gate"), ran_at)

    response = client.get("/readyz?jobs")

    assert response.status_code == 200
    assert response.json is not None
    assert response.json["checks"]["jobs"] == "trouble"
    never = {job.name: "never_ran" for job in JOBS}
    assert response.json["jobs"] == never | {"round_gate": "late"}


@pytest.mark.parametrize(
    ("failing", "hours", "told"),
    [
        (False, 24, ["ok", "ok"]),
        (False, 25, ["trouble", "late"]),
        (True, 1, ["trouble", "unreachable"]),
    ],
)
def test_readyz_tells_trouble_with_the_mail_and_stays_ready(
    app: Flask,
    db_session: Session,
    monkeypatch: pytest.MonkeyPatch,
    failing: bool,
    hours: int,
    told: list[str],
) -> None:
    settings = replace(app.config["SETTINGS"], SMTP_URL="smtp://mail", MAIL_FROM="a@example.jp")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    now = clock.now()
    with clock.at(now - timedelta(hours=hours)):
        tell(make_world()["city"])
    db_session.add(MailServerState(id=1, failing_since=now if failing else None))
    db_session.commit()

    with clock.at(now):
        response = app.test_client().get("/readyz?jobs")

    assert response.status_code == 200
    assert response.json is not None
    assert [response.json["checks"]["mail"], response.json["mail"]] == told


@pytest.mark.parametrize(("seconds", "is_off"), [(1, False), (-3, True), (3600, True)])
def test_p20_readyz_fails_when_the_clock_of_the_node_is_off(
    client: FlaskClient, db_session: Session, seconds: int, is_off: bool
) -> None:
    # SQLite is a file on this host: there is no second clock.
    is_off = is_off and db_session.get_bind().dialect.name == "postgresql"

    with clock.at(clock.now() + timedelta(seconds=seconds)):
        response = client.get("/readyz")

    assert response.json is not None
    assert response.status_code == (503 if is_off else 200)
    assert response.json["checks"]["clock"] == (f"off by {seconds} s" if is_off else "ok")


def test_readyz_answers_many_at_once(committed_app: Flask) -> None:
    def ask(_number: int) -> int:
        return committed_app.test_client().get("/readyz").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(ask, range(80)))

    assert statuses == {200: 80}
