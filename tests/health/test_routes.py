"""Liveness and readiness (稼働確認)."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.jobs.models import JobRun
from tests.conftest import close_connections, make_app


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
                "scheduler": "never ran",
                "virus_scan": "none",
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
    assert response.json is not None
    assert response.json["status"] == "not ready"
