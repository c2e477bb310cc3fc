"""Pages of the jobs: what stands there, a run by hand, who is told (定期処理の画面)."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
from app.core import clock
from app.jobs.ledger import claim
from app.jobs.models import JobContact, JobRun
from app.jobs.runner import run_tick
from app.jobs.schedule import get_job
from tests.accounts.browser import enter
from tests.factories import World, make_world

NOW = clock.jst(2024, 8, 28, 10)
SLOT = clock.jst(2024, 8, 28, 3)
TYPED = {"day": "2024-08-28", "time": "3:00"}


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


@pytest.fixture
def admin(world: World, app: Flask) -> FlaskClient:
    return enter(app, "admin")


def errors_of(page: TestResponse) -> list[str]:
    return [unescape(words) for words in re.findall(r"＊(.*?)</p>", page.text)]


def run_retention(admin: FlaskClient, **typed: str) -> TestResponse:
    with clock.at(NOW):
        return admin.post("/jobs/retention/run", data=TYPED | typed)


def verbs(session: Session) -> list[str]:
    found = select(AuditEvent.verb).where(AuditEvent.verb.like("job.%")).order_by(AuditEvent.seq)
    return list(session.scalars(found))


def test_pages_tell_how_a_job_stands(admin: FlaskClient, db_session: Session) -> None:
    with clock.at(SLOT):
        run_tick(get_job("retention"), SLOT)
        run_tick(get_job("round_gate"), SLOT)

    with clock.at(NOW):
        listed = admin.get("/jobs")
        shown = admin.get("/jobs/retention")

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "令和6年8月28日（水）3時01分の予定でしたが、まだ始まっていません" in listed.text
    assert "毎日3時" in shown.text
    assert "メールの本文（送信済み・不達・取りやめなど）" in shown.text


def test_history_has_pages(admin: FlaskClient, db_session: Session) -> None:
    for minutes in range(51):
        run_tick(get_job("round_gate"), SLOT + timedelta(minutes=minutes))

    first = admin.get("/jobs/round_gate")
    cursor = re.search(r"cursor=([\w-]+)", first.text)
    second = admin.get(f"/jobs/round_gate?cursor={cursor[1] if cursor else ''}")

    assert "このページ 50件" in first.text
    assert "このページ 1件" in second.text
    assert admin.get("/jobs/round_gate?cursor=nonsense").status_code == 200


def test_run_by_hand_runs_a_tick_once_and_is_in_the_trail(
    admin: FlaskClient, db_session: Session
) -> None:
    first = run_retention(admin)
    second = run_retention(admin)

    run = db_session.scalars(select(JobRun)).one()
    assert (first.status_code, first.location) == (302, "/jobs/retention")
    assert (run.job, run.scheduled_for, run.is_by_hand, run.error) == ("retention", SLOT, True, "")
    assert second.status_code == 422
    assert [words.split("、")[0] for words in errors_of(second)] == ["この時点の処理は"]
    assert verbs(db_session) == ["job.run_by_hand"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"time": "10:01"}, "まだ来ていない時点です"),
        ({"day": "9999-12-31"}, "まだ来ていない時点です"),
        ({"day": "1999-12-31"}, "2000年より前の日は指定できません"),
        ({"day": "8月32日"}, ""),
        ({"time": "25:00"}, "時刻は、8:00"),
        ({"time": ""}, "時刻を入力してください"),
    ],
)
def test_run_by_hand_refuses_a_moment_that_cannot_be(
    admin: FlaskClient, db_session: Session, typed: dict[str, str], message: str
) -> None:
    answer = run_retention(admin, **typed)

    assert answer.status_code == 422
    assert len(errors_of(answer)) == 1
    assert message in errors_of(answer)[0]
    assert db_session.scalars(select(JobRun)).all() == []


def test_run_by_hand_says_that_the_tick_is_running(admin: FlaskClient, db_session: Session) -> None:
    with clock.at(NOW):
        claim(get_job("retention"), SLOT)

    answer = run_retention(admin)

    assert answer.status_code == 422
    assert errors_of(answer) == [
        "この時点の処理は、いま実行しています。終わってから結果を確かめてください"
    ]
    assert verbs(db_session) == []


def test_contacts_are_added_once_and_removed(
    admin: FlaskClient, world: World, db_session: Session
) -> None:
    chosen = {"user_id": str(world["admin"].id)}

    added = admin.post("/jobs/retention/contacts", data=chosen)
    again = admin.post("/jobs/retention/contacts", data=chosen)
    stranger = admin.post("/jobs/retention/contacts", data={"user_id": str(world["city"].id)})
    contact = db_session.scalars(select(JobContact)).one()
    elsewhere = admin.post(f"/jobs/outbox/contacts/{contact.id}/remove")
    removed = admin.post(f"/jobs/retention/contacts/{contact.id}/remove")

    answers = (added, again, stranger, elsewhere, removed)
    assert [answer.status_code for answer in answers] == [302, 422, 422, 404, 302]
    assert errors_of(again) == ["この人には既に知らせています"]
    assert db_session.scalars(select(JobContact)).all() == []
    assert verbs(db_session) == ["job.add_contact", "job.remove_contact"]


def test_unknown_job_is_not_found(admin: FlaskClient) -> None:
    assert admin.get("/jobs/no_such_job").status_code == 404
