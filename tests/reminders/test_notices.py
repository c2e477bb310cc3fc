"""The page of news of a person (お知らせ): own ones alone, read when opened, never by looking."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.audit.services import Subject
from app.core import clock
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.services import enqueue
from app.reminders.queries import count_unread, notices_to, wants_digest_by_mail
from tests.accounts.browser import enter
from tests.factories import ROLE_OF_LOGIN, World, declare_conflict, make_in_review
from tests.triage.pages import NOW


@pytest.fixture
def told(db_session: Session, world: World) -> OutboxMessage:
    """Officer 1 was given a case: one piece of news."""
    make_in_review(world)
    db_session.commit()
    return db_session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient_id == world["officer1"].id)
    ).one()


def menu_of(page: str) -> str:
    return page.partition('class="site-nav"')[2].partition("</nav>")[0]


def test_page_lists_own_news_and_the_menu_counts_them(app: Flask, told: OutboxMessage) -> None:
    page = enter(app, "officer1").get("/notices").text

    assert told.subject.removeprefix("【共通化提案】") in page
    assert re.findall(r"お知らせ<span class=\"entry-count\">(\d+)<", menu_of(page)) == ["1"]
    assert told.read_at is None


def test_opening_marks_as_read_and_goes_to_the_page(app: Flask, told: OutboxMessage) -> None:
    browser = enter(app, "officer1")

    answer = browser.post(f"/notices/{told.id}/open")
    page = browser.get("/notices").text

    assert (answer.status_code, answer.location) == (302, told.path)
    assert told.read_at is not None
    assert "entry-count" not in menu_of(page)


@pytest.mark.parametrize("act", ["open", "read"])
def test_news_to_another_person_is_not_found(app: Flask, told: OutboxMessage, act: str) -> None:
    status = enter(app, "officer2").post(f"/notices/{told.id}/{act}").status_code

    assert (status, told.read_at) == (404, None)


def test_all_news_are_marked_as_read(app: Flask, told: OutboxMessage) -> None:
    page = enter(app, "officer1").post("/notices/read", follow_redirects=True).text

    assert "お知らせを1件、読んだことにしました。" in page
    assert told.read_at is not None


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [
        (DeliveryStatus.QUEUED, True),
        (DeliveryStatus.SENT, True),
        (DeliveryStatus.PARKED, True),
        (DeliveryStatus.WITHHELD, True),
        (DeliveryStatus.HELD, False),
        (DeliveryStatus.CANCELLED, False),
        (DeliveryStatus.DROPPED, False),
    ],
)
def test_what_was_never_told_is_not_shown(
    world: World, told: OutboxMessage, status: DeliveryStatus, is_shown: bool
) -> None:
    told.status = status

    assert count_unread(world["officer1"]) == int(is_shown)


def test_waiting_news_is_shown_until_it_is_over(world: World, told: OutboxMessage) -> None:
    told.valid_until = NOW
    counts = [count_unread(world["officer1"])]
    told.status = DeliveryStatus.SENT

    counts.append(count_unread(world["officer1"]))

    assert counts == [0, 1]


def test_p25_news_of_a_case_vanish_with_a_conflict(db_session: Session, world: World) -> None:
    proposal, other = make_in_review(world), make_in_review(world)
    enqueue(
        "mentioned",
        [world["officer1"]],
        key="about",
        path="/mentions",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
    )
    declare_conflict(world["officer1"], proposal=proposal)

    shown = db_session.scalars(notices_to(world["officer1"])).all()
    assert [message.path for message in shown] == [f"/proposals/{other.reference}"]
    assert count_unread(world["officer1"]) == 1


def test_every_role_has_its_pages(app: Flask, world: World) -> None:
    paths = ("/notices", "/notices/due", "/notices/settings", "/notices?page=x")
    logins = {role: login for login, role in ROLE_OF_LOGIN.items()}.values()

    statuses = {
        login: [enter(app, login).get(path).status_code for path in paths] for login in logins
    }

    assert statuses == dict.fromkeys(logins, [200] * len(paths))


def test_digest_by_mail_can_be_left_out_with_a_trace(
    app: Flask, db_session: Session, world: World
) -> None:
    browser = enter(app, "officer1")

    page = browser.post("/notices/settings", data={"digest": "page"}, follow_redirects=True).text

    trail = db_session.scalars(
        select(AuditEvent.changes).where(AuditEvent.verb == "user.choose_notices")
    ).all()
    assert "知らせの受け取り方を保存しました。" in page
    assert wants_digest_by_mail(world["officer1"]) is False
    assert trail == [{"is_digest_mailed": False}]


def test_settings_refuse_what_cannot_be_chosen(app: Flask, world: World) -> None:
    answer = enter(app, "officer1").post("/notices/settings", data={"digest": "never"})

    assert answer.status_code == 422
    assert wants_digest_by_mail(world["officer1"]) is True


def test_page_of_what_is_due_is_true_when_it_is_looked_at(app: Flask, world: World) -> None:
    proposal = make_in_review(world)
    with clock.at(clock.jst(2024, 9, 11, 15)):
        page = enter(app, "officer1").get("/notices/due").text

    assert "期限を過ぎたもの" in page
    assert f'href="/proposals/{proposal.reference}"' in page
