"""Yearly training and pledge of every account (P52, G15): without it an account reads alone."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attestations.models import Attestation
from app.attestations.services import tell_soon_over, year_from
from app.attestations.texts import current_text
from app.audit.models import AuditEvent
from app.core import clock
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import World, make_draft, make_world

START = clock.jst(2024, 8, 20, 10)
TODAY = START.date()
NOTE = "この理由で提出したい。急ぎます。"
PAGE = "/account/attestation"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(START):
        world = make_world()
        for login, last in (("city-mgr", None), ("other", -1), ("officer1", 0), ("officer2", 29)):
            day = None if last is None else TODAY + timedelta(days=last)
            world[login].attested_until = day
        world["officer3"].attested_until = TODAY + timedelta(days=30)
        db_session.commit()
        yield world


def pledge(**changes: str) -> dict[str, str]:
    return {"text_version": str(current_text().version), "agrees": "y"} | changes


def test_p52_account_without_a_pledge_reads_and_changes_nothing(app: Flask, world: World) -> None:
    draft = make_draft(world)
    db.session.commit()
    browser = enter(app, "city-mgr")
    page = browser.get(f"/proposals/drafts/{draft.id}")
    refused = browser.post(
        f"/proposals/drafts/{draft.id}/check",
        data={"version": "1", "note": NOTE},
    )

    assert page.status_code == 200
    assert "研修・誓約がまだ済んでいません" in page.text
    assert refused.status_code == 403
    assert PAGE in refused.text
    assert "この理由で提出したい" in refused.text
    assert draft.state is State.DRAFT


def test_p52_pledge_opens_the_account_for_a_year(app: Flask, world: World) -> None:
    browser = enter(app, "city-mgr")
    before = browser.post("/notices/read")
    answer = browser.post(PAGE, data=pledge())
    after = browser.post("/notices/read")
    given = db.session.scalars(select(Attestation)).one()
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "attestation.give")).one()

    assert (before.status_code, answer.status_code, after.status_code) == (403, 302, 302)
    assert (given.user_id, given.text_version) == (world["city-mgr"].id, 1)
    assert given.valid_until == world["city-mgr"].attested_until == date(2025, 8, 19)
    assert told.changes == {"text_version": 1, "until": "2025-08-19"}


@pytest.mark.parametrize(
    "changes", [{"agrees": ""}, {"text_version": "99"}, {"text_version": "x"}, {"text_version": ""}]
)
def test_p52_pledge_asks_for_the_tick_and_the_text_of_today(
    app: Flask, world: World, changes: dict[str, str]
) -> None:
    answer = enter(app, "city-mgr").post(PAGE, data=pledge(**changes))

    assert answer.status_code == 422
    assert world["city-mgr"].attested_until is None


def test_p52_pledge_holds_to_the_end_of_its_last_day(app: Flask, world: World) -> None:
    with clock.at(clock.jst(2024, 8, 20, 23, 59)):
        browser = enter(app, "officer1")
        last = browser.post("/notices/read").status_code
    with clock.at(clock.jst(2024, 8, 21)):
        over = browser.post("/notices/read").status_code

    assert (last, over) == (302, 403)


def test_p52_end_of_the_year_is_told_thirty_days_ahead(app: Flask, world: World) -> None:
    made, again = tell_soon_over(START), tell_soon_over(START)
    told = select(OutboxMessage.recipient_id).where(OutboxMessage.letter == "attestation_due")

    assert (made, again) == (2, 0)
    assert set(db.session.scalars(told)) == {world["officer1"].id, world["officer2"].id}
    words = "研修・誓約の期限は令和6年9月18日"
    assert words in enter(app, "officer2").get("/notices").text
    assert "研修・誓約の期限は" not in enter(app, "officer3").get("/notices").text


def test_p52_report_of_the_overdue_is_exact(app: Flask, world: World) -> None:
    world["observer"].attested_until, world["observer"].disabled_at = None, START
    db.session.commit()
    pages = {show: enter(app, "lead").get(f"/attestations?show={show}") for show in ("", "soon")}
    people = {
        show: {login for login in world.people if f'<td class="nowrap">{login}</td>' in page.text}
        for show, page in pages.items()
    }

    assert people == {"": {"city-mgr", "other"}, "soon": {"officer1", "officer2"}}
    assert "済んでいない 2人" in pages[""].text
    assert enter(app, "officer3").get("/attestations").status_code == 403


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2024, 8, 20), date(2025, 8, 19)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2024, 3, 1), date(2025, 2, 28)),
        (date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_year_ends_before_its_day_comes_again(first: date, last: date) -> None:
    assert year_from(first) == last
