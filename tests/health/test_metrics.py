"""Metrics (監視のための計数): what they count, who may read them, what they never hold."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.orm import Session

from app.core import clock
from app.health.monitors import read_networks
from app.jobs.runner import run_tick
from app.jobs.schedule import JOBS, get_job
from config import UnsafeConfiguration
from tests.accounts.browser import let_in
from tests.factories import make_in_confirmation, make_world
from tests.notifications.test_services import tell

TOKEN = "a-token-that-nobody-guesses"


def read(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Values by name and labels, as a monitor on this machine reads them."""
    response = client.get("/metrics")
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_metrics_count_requests_by_endpoint_and_class_of_status(client: FlaskClient) -> None:
    before = read(client)
    client.get("/login")
    client.get("/no/such/page")
    client.get("/healthz")

    after = read(client)

    grown = {
        name: after[name] - before.get(name, 0)
        for name in after
        if name[0].startswith("kyotsu_re") and name[0].endswith(("_total", "_count"))
    }
    assert {name: by for name, by in grown.items() if by} == {
        ("kyotsu_requests_total", "accounts.login", "2xx"): 1,
        ("kyotsu_requests_total", "none", "4xx"): 1,
        ("kyotsu_refusals_total", "404"): 1,
        ("kyotsu_request_seconds_count", "accounts.login"): 1,
        ("kyotsu_request_seconds_count", "none"): 1,
    }
    assert after[("kyotsu_requests_in_flight",)] == before[("kyotsu_requests_in_flight",)]


def test_metrics_tell_jobs_mail_files_and_trail(client: FlaskClient, db_session: Session) -> None:
    moment = clock.now()
    tell(make_world()["city"])
    db_session.commit()
    with clock.at(moment):
        run_tick(get_job("round_gate"), moment)

    found = read(client)

    assert found[("kyotsu_database_up",)] == 1
    assert found[("kyotsu_migrations_pending",)] == 0
    assert found[("kyotsu_outbox_messages", "queued")] >= 1
    assert found[("kyotsu_files_waiting",)] == 0
    assert found[("kyotsu_audit_entries",)] >= 0
    assert found[("kyotsu_job_last_success_timestamp_seconds", "round_gate")] == pytest.approx(
        moment.timestamp(), abs=60
    )
    assert {job.name for job in JOBS} == {
        name[1] for name in found if name[0] == "kyotsu_job_troubles"
    }
    states = [name[1] for name in found if name[0] == "kyotsu_job_state" and found[name] == 1]
    assert len(states) == len(JOBS)


def test_metrics_hold_nothing_of_cases_and_persons(
    client: FlaskClient, db_session: Session
) -> None:
    world = make_world()
    number = make_in_confirmation(world).receipt_number
    world["lead"].display_name = "総括甲"
    db_session.commit()
    let_in(client, "lead")
    client.get(f"/proposals/{number}")

    text = client.get("/metrics").text

    assert number not in text
    assert "総括甲" not in text
    assert "proposals/" not in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("10.0.0.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("10.0.0.7", {"Authorization": f"bearer {TOKEN} "}, 200),
        ("10.0.0.7", {"Authorization": f"Bearer {TOKEN}x"}, 404),
        ("10.0.0.7", {"Authorization": f"Basic {TOKEN}"}, 404),
        ("10.0.0.7", {"Authorization": "Bearer 鍵"}, 404),
    ],
)
def test_metrics_exist_for_monitors_alone(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    headers: dict[str, str],
    status: int,
) -> None:
    settings = replace(app.config["SETTINGS"], METRICS_TOKEN=TOKEN)
    monkeypatch.setitem(app.config, "SETTINGS", settings)

    response = app.test_client().get(
        "/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}
    )

    assert response.status_code == status


def test_no_token_is_no_key(client: FlaskClient) -> None:
    response = client.get(
        "/metrics",
        headers={"Authorization": "Bearer "},
        environ_base={"REMOTE_ADDR": "10.0.0.7"},
    )

    assert response.status_code == 404


def test_networks_are_read_or_refused() -> None:
    assert [str(each) for each in read_networks("10.0.0.0/24, ::1")] == ["10.0.0.0/24", "::1/128"]
    with pytest.raises(UnsafeConfiguration):
        read_networks("the office")
