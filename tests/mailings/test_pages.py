"""The screens of the letters to many (一斉連絡の画面)."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import OrgType, Role, User, UserRole
from app.core import clock
from app.extensions import db
from app.mailings.models import Mailing, MailingStage
from app.notifications.models import OutboxMessage
from tests.accounts.browser import enter
from tests.factories import PASSWORD_HASH, World, make_local_government, make_world
from tests.mailings.rosters import shown_fields

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def sent(world: World, **changes: object) -> dict[str, object]:
    return {
        "round_id": world.round.id,
        "audience": "all_bodies",
        "seats": ["manager"],
        "subject": "お知らせ",
        "text": "{団体名}のみなさんへ",
        **changes,
    }


def test_letter_goes_from_draft_to_the_outbox_by_two_people(
    app: Flask, world: World, db_session: Session
) -> None:
    writer, second = enter(app, "officer1"), enter(app, "lead")
    made = writer.post("/mailings/new", data=sent(world))
    mailing = db_session.scalars(select(Mailing)).one()
    page = f"/mailings/{mailing.id}"
    assert made.location == page
    assert "乙丑市" in main_of(writer.get(page))
    preview = main_of(writer.get(f"{page}/recipients/{world['city-mgr'].id}"))
    assert "甲子市のみなさんへ" in preview
    assert writer.get(f"{page}/recipients/{world['city'].id}").status_code == 404

    wrong = writer.post(f"{page}/confirm", data=shown_fields(mailing, typed="1"))
    right = writer.post(f"{page}/confirm", data=shown_fields(mailing, typed="2"))
    db_session.expire_all()

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "宛先の人数（2人）と合いません" in main_of(wrong)
    assert writer.get(f"{page}/release").status_code == 403
    assert "送信を承認する" in main_of(second.get(f"{page}/release"))
    released = second.post(f"{page}/release", data={"version": mailing.version})
    db_session.expire_all()
    assert released.status_code == 302
    assert "10時10分に送り始めます" in main_of(second.get(page))
    cancelled = writer.post(f"{page}/cancel", data={"version": mailing.version, "reason": "誤り"})
    db_session.expire_all()
    assert cancelled.status_code == 302
    assert mailing.stage is MailingStage.CANCELLED
    assert "取りやめ" in main_of(writer.get(page))
    assert "お知らせ" in main_of(enter(app, "auditor").get("/mailings"))
    assert enter(app, "city-mgr").get("/mailings").status_code == 403


def test_letter_is_read_on_its_page_once_it_cannot_be_taken_back(
    app: Flask, world: World, db_session: Session
) -> None:
    writer, second = enter(app, "officer1"), enter(app, "lead")
    writer.post("/mailings/new", data=sent(world))
    mailing = db_session.scalars(select(Mailing)).one()
    page = f"/mailings/{mailing.id}"
    writer.post(f"{page}/confirm", data=shown_fields(mailing, typed="2"))
    db_session.expire_all()
    second.post(f"{page}/release", data={"version": mailing.version})
    seen = []

    for minute in (9, 10):
        with clock.at(clock.jst(2024, 8, 20, 10, minute)):
            reader = enter(app, "city-mgr")
            answer = reader.get(f"{page}/letter")
            seen.append((answer.status_code, "お知らせ</button>" in reader.get("/notices").text))
    stranger = enter(app, "city").get(f"{page}/letter").status_code

    assert seen == [(404, False), (200, True)]
    assert "甲子市のみなさんへ" in main_of(answer)
    assert stranger == 404


def test_p49_no_form_takes_an_address(app: Flask, world: World, db_session: Session) -> None:
    browser = enter(app, "officer1")
    browser.post(
        "/mailings/new",
        data=sent(world, to="x@example.jp", recipient="1", email="y@example.jp", user_ids="1"),
    )
    mailing = db_session.scalars(select(Mailing)).one()
    named = set()
    for step in ("new", f"{mailing.id}/edit", f"{mailing.id}/confirm", f"{mailing.id}/cancel"):
        named |= set(re.findall(r'name="([^"]+)"', browser.get(f"/mailings/{step}").text))

    fields = {"round_id", "audience", "seats", "org_types", "subject", "text"}
    steps = {"seen", "seen_people", "typed", "reason", "version", "csrf_token", "form_key", "q"}
    frame = {"next", "round", "viewport", "color-scheme", "description", "theme-color"}
    frame |= {"csrf-token"}
    assert named - frame <= fields | steps


def test_faults_are_told_with_what_was_typed(app: Flask, world: World) -> None:
    browser = enter(app, "officer1")

    page = browser.post("/mailings/new", data=sent(world, text="残る文 {宛名}", subject=""))
    odd = browser.post("/mailings/new", data={"round_id": "-", "audience": "x", "seats": "y"})

    assert (page.status_code, odd.status_code) == (422, 422)
    assert "残る文" in main_of(page)
    assert "件名を入力してください" in main_of(page)


def test_recipients_of_a_long_list_are_paged_with_few_queries(
    app: Flask, world: World, db_session: Session
) -> None:
    for number in range(60):
        body = make_local_government(f"91{number:03}", f"町{number}", OrgType.TOWN_VILLAGE)
        db_session.add(
            User(
                login=f"m{number}",
                display_name=f"管理者{number}",
                organization=body,
                password_hash=PASSWORD_HASH,
                created_at=clock.now(),
                role_grants=[UserRole(role=Role.PROPOSER_MANAGER)],
            )
        )
    db_session.commit()
    browser = enter(app, "officer1")
    browser.post("/mailings/new", data=sent(world))
    mailing_id = db_session.scalars(select(Mailing.id)).one()
    db_session.expunge_all()
    statements: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    page = browser.get(f"/mailings/{mailing_id}?page=2")

    assert "宛先62人　2／2ページ" in main_of(page)
    assert browser.get(f"/mailings/{mailing_id}?page=999999").status_code == 200
    assert len(statements) < 80
    assert db_session.scalars(select(OutboxMessage)).all() == []
