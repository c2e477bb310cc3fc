"""Mis-send guard (P49): what is sent is what was confirmed, however the rosters change."""

import os
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.core import clock
from app.mailings.models import Audience, Mailing
from app.mailings.recipients import recipients_of
from app.rounds.models import Round
from tests.accounts.browser import enter
from tests.factories import World, make_user, make_world
from tests.mailings.rosters import (
    audiences,
    changes,
    envelope_of,
    people_of,
    send_through,
    shown_fields,
)

NOW = clock.jst(2024, 8, 20, 10)
SENDS = int(os.environ.get("SOAK_SENDS", "8"))


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@settings(
    max_examples=SENDS, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(drawn=changes, audience=audiences)
def test_p49_envelope_is_the_confirmed_list_or_nobody(
    world: World, db_session: Session, drawn: Any, audience: Audience
) -> None:
    with db_session.begin_nested() as trial:
        people = people_of(world)
        before = [(user.organization_id, user.email, user.display_name) for user in people]
        confirmed, sent, is_released = send_through(world, db_session, people, audience, drawn)
        mailing = db_session.scalars(select(Mailing).order_by(Mailing.id.desc())).first()
        assert mailing is not None
        present = recipients_of(mailing).ids
        after = [(user.organization_id, user.email, user.display_name) for user in people]
        trial.rollback()

    assert sent == (confirmed if is_released else [])
    untouched = confirmed == present and [
        row for row, user in zip(before, people, strict=True) if user.id in confirmed
    ] == [row for row, user in zip(after, people, strict=True) if user.id in confirmed]
    assert is_released == untouched


def confirmed_letter(app: Flask, session: Session) -> tuple[Mailing, str]:
    """A letter that two people were counted for, and its address."""
    writer = enter(app, "officer1")
    writer.post(
        "/mailings/new",
        data={
            "round_id": session.scalars(select(Round.id)).one(),
            "audience": "all_bodies",
            "seats": ["manager"],
            "subject": "お知らせ",
            "text": "{団体名}のみなさんへ",
        },
    )
    mailing = session.scalars(select(Mailing)).one()
    data = shown_fields(mailing, typed="2")
    assert writer.post(f"/mailings/{mailing.id}/confirm", data=data).status_code == 302
    session.expire_all()
    return mailing, f"/mailings/{mailing.id}"


def change_roster(world: World, session: Session) -> None:
    world["city-mgr"].disabled_at = clock.now()
    make_user("new-mgr", world["other"].organization, Role.PROPOSER_MANAGER)
    session.commit()


def test_p49_release_after_a_change_is_refused_with_both_lists(
    app: Flask, world: World, db_session: Session
) -> None:
    mailing, page = confirmed_letter(app, db_session)
    change_roster(world, db_session)

    answer = enter(app, "lead").post(f"{page}/release", data={"version": mailing.version})

    said = unescape(answer.text.split("<main")[1])
    assert answer.status_code == 409
    assert "確かめた宛先2人　今2人" in said
    assert "加わった宛先1人、外れた宛先1人" in said
    assert said.index("new-mgr") < said.index("city-mgr")
    assert "人数を確かめ直す" in said
    assert "送信を承認する" not in said
    assert envelope_of(db_session, mailing) == []


def test_p49_confirmation_of_an_older_list_shows_what_changed(
    app: Flask, world: World, db_session: Session
) -> None:
    mailing, page = confirmed_letter(app, db_session)
    writer, seen = enter(app, "officer1"), shown_fields(mailing, typed="2")
    change_roster(world, db_session)

    answer = writer.post(f"{page}/confirm", data=seen)
    db_session.expire_all()
    again = writer.post(f"{page}/confirm", data=shown_fields(mailing, typed="2"))

    said = unescape(answer.text.split("<main")[1])
    assert (answer.status_code, again.status_code) == (409, 302)
    assert "先ほど2人　今2人" in said
    assert "加わった宛先1人、外れた宛先1人" in said


def test_p49_confirm_page_names_the_difference_to_the_last_letter(
    app: Flask, world: World, db_session: Session
) -> None:
    mailing, page = confirmed_letter(app, db_session)
    first = enter(app, "lead").get(f"{page}/release").text
    enter(app, "lead").post(f"{page}/release", data={"version": mailing.version})
    change_roster(world, db_session)
    writer = enter(app, "officer1")
    writer.post(
        "/mailings/new",
        data={
            "round_id": mailing.round_id,
            "audience": "all_bodies",
            "seats": ["manager"],
            "subject": "続報",
            "text": "続き",
        },
    )
    second = db_session.scalars(select(Mailing.id).order_by(Mailing.id.desc())).first()

    said = unescape(writer.get(f"/mailings/{second}/confirm").text.split("<main")[1])

    assert "前回の宛先はありません" in first
    assert "前回（令和6年8月20日（火）10時00分「お知らせ」）2人　今2人" in said
    assert "加わった宛先1人、外れた宛先1人" in said


@pytest.mark.parametrize("typed", ["x", "9" * 400, "-1.-2", "１.２", ".." * 50])
def test_list_that_was_tampered_with_is_passed_over(
    app: Flask, world: World, db_session: Session, typed: str
) -> None:
    mailing, page = confirmed_letter(app, db_session)
    desk = world["admin"].id

    answer = enter(app, "officer1").post(
        f"{page}/confirm",
        data={**shown_fields(mailing, typed="2"), "seen": "x", "seen_people": f"{typed}.{desk}"},
    )

    assert answer.status_code == 409
    assert "先ほど1人" in answer.text or "先ほど2人" in answer.text
    assert "加わった宛先2人、外れた宛先0人" in answer.text
