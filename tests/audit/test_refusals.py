"""Whoever is refused leaves an entry (拒否の記録, P22): one a door and ten minutes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
from app.audit.refusals import REFUSED, forget_refusals
from app.core import clock
from tests.accounts.browser import enter
from tests.factories import World, make_submitted, make_world

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(app: Flask, db_session: Session) -> Iterator[World]:
    forget_refusals(app)
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def ask(browser: FlaskClient, path: str) -> TestResponse:
    """Ask to the end: the refusal is written when the answer has gone out."""
    answer = browser.get(path)
    answer.close()
    return answer


def refused(session: Session) -> list[AuditEvent]:
    session.expire_all()
    found = select(AuditEvent).where(AuditEvent.verb == REFUSED).order_by(AuditEvent.seq)
    return list(session.scalars(found))


def test_p22_refusal_names_who_was_refused_which_door(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_submitted(world)
    db_session.commit()
    stranger = enter(app, "other")

    answers = [
        ask(stranger, path)
        for path in ("/audit", "/audit", f"/proposals/{case.receipt_number}", "/no/such/page")
    ]

    no_rights, not_found = refused(db_session)
    assert [answer.status_code for answer in answers] == [403, 403, 404, 404]
    assert no_rights.actor_id == not_found.actor_id == world["other"].id
    assert (no_rights.changes["endpoint"], no_rights.changes["status"]) == ("audit.index", 403)
    assert (not_found.changes["endpoint"], not_found.changes["status"]) == ("casework.show", 404)
    # What was typed into an address is no number of ours.
    assert case.receipt_number not in repr(not_found.changes)
    assert no_rights.request_id == answers[0].headers["X-Request-Id"]


def test_refusal_after_ten_minutes_leaves_another_entry(
    app: Flask, world: World, db_session: Session
) -> None:
    stranger = enter(app, "other")
    ask(stranger, "/audit")
    with clock.at(NOW + timedelta(minutes=10)):
        ask(stranger, "/audit")

    assert len(refused(db_session)) == 2


def test_stranger_leaves_no_entry(app: Flask, world: World, db_session: Session) -> None:
    answer = ask(app.test_client(), "/audit")

    assert (answer.status_code, refused(db_session)) == (302, [])
