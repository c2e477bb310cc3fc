"""The screens of the batches and texts (まとめて送付・文面の画面)."""

from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Role
from app.batches.plan import plan_of
from app.batches.queries import confirmation_of
from app.core import clock
from app.handoffs.models import Handoff, HandoffBatch
from tests.accounts.browser import enter
from tests.batches.cases import make_batch, make_cited, pass_time, send
from tests.factories import World, declare_conflict, make_user, make_world

NOW = clock.jst(2024, 8, 27, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        world.entry.ministry_name = "厚生労働省"
        db_session.commit()
        yield world


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def assert_files_of(officer: FlaskClient, page: str, ministry_id: int) -> None:
    """Letters and lists come in the formats that are offered, and in no other."""
    for address, start in (
        (f"{page}/destinations/{ministry_id}/letter?format=docx", b"PK"),
        (f"{page}/destinations/{ministry_id}/letter?format=pdf", b"%PDF"),
        (f"{page}/list?format=xlsx", b"PK"),
        (f"{page}/list?format=csv", b"\xef\xbb\xbf"),
    ):
        assert officer.get(address).data.startswith(start)
    assert officer.get(f"{page}/list?format=exe").status_code == 404


def let_it_leave(session: Session, batch: HandoffBatch, waiting: str) -> None:
    """Let the time for second thoughts pass; its page offers to stop it, and nothing else."""
    assert ("送付を止める" in waiting, "選んだ提案の宛先を決める" in waiting) == (True, False)
    session.expire_all()
    confirmation = confirmation_of(batch)
    assert confirmation is not None
    pass_time(confirmation)
    session.commit()


def test_batch_goes_from_the_list_to_the_ministry(
    app: Flask, world: World, db_session: Session
) -> None:
    first, second = make_cited(world), make_cited(world)
    db_session.commit()
    officer = enter(app, "officer1")
    assert "送付できる提案 2件" in main_of(officer.get("/handoffs/batches/new"))
    narrowed = main_of(
        officer.get(f"/handoffs/batches/new?numbers={first.receipt_number}、R6-9999")
    )
    assert ("送付できる提案 1件" in narrowed, "R6-9999" in narrowed) == (True, True)

    nothing = officer.post("/handoffs/batches/new", data={"title": "送付", "version": "0"})
    data = {
        "title": "送付",
        "version": "0",
        "reply_due_on": "令和6年10月31日",
        "case": [first.id, second.id],
    }
    made = officer.post("/handoffs/batches/new", data=data)
    batch = db_session.scalars(select(HandoffBatch)).one()
    page = f"/handoffs/batches/{batch.id}"
    assert (nothing.status_code, made.location) == (422, page)

    ministry = world["coordinator"].organization
    preview = main_of(officer.get(f"{page}/destinations/{ministry.id}"))
    assert ("厚生労働省　御中" in preview, "令和6年10月31日（木）までに" in preview) == (True, True)
    assert_files_of(officer, page, ministry.id)

    seen = {"version": batch.version, "seen": plan_of(batch).digest()}
    wrong = officer.post(f"{page}/send", data={**seen, "typed": "3"})
    other = officer.post(f"{page}/send", data={**seen, "seen": "x", "typed": "2"})
    right = officer.post(f"{page}/send", data={**seen, "typed": "２件"})
    again = officer.post(f"{page}/send", data={**seen, "typed": "2"})
    codes = [row.status_code for row in (wrong, other, right, again)]
    assert codes == [422, 409, 302, 409]
    assert "何も送付していません" in main_of(other)
    let_it_leave(db_session, batch, main_of(officer.get(page)))
    assert "受領待ち 2件" in main_of(officer.get(page))
    assert len(db_session.scalars(select(Handoff)).all()) == 2


def test_cases_are_placed_and_taken_out(app: Flask, world: World, db_session: Session) -> None:
    # Nothing speaks for a ministry, and the one that takes what nobody claims is no more.
    world.entry.ministry_name = ""
    world["digital"].organization.dissolved_on = NOW.date()
    first, second = make_cited(world), make_cited(world)
    db_session.commit()
    officer = enter(app, "officer1")
    data = {"title": "送付", "version": "0", "case": [first.id, second.id]}
    page = officer.post("/handoffs/batches/new", data=data).location
    ministry = world["coordinator"].organization
    blocked = main_of(officer.get(page))
    assert ("このままでは送付できません" in blocked, "送付の確認に進む" in blocked) == (True, False)
    assert "選んだ提案" in main_of(officer.get(f"{page}/place?case={first.id}"))
    assert "提案が選ばれていません" in main_of(officer.get(f"{page}/place?case=x"))

    place = {"version": 1, "case": [first.id], "lead_id": ministry.id}
    bad_text = officer.post(f"{page}/place", data={**place, "request_text": "{謎}"})
    no_lead = officer.post(f"{page}/place", data={**place, "lead_id": "99999"})
    placed = officer.post(f"{page}/place", data={**place, "request_text": "{提案概要}の検討"})
    stale = officer.post(f"{page}/remove", data={"version": 1, "case": [second.id]})
    removed = officer.post(f"{page}/remove", data={"version": 2, "case": [second.id]})

    answers = [bad_text, no_lead, placed, stale, removed]
    assert [row.status_code for row in answers] == [422, 422, 302, 409, 302]
    shown = main_of(officer.get(page))
    assert ("送付の確認に進む" in shown, "この提案だけの文があります" in shown) == (True, True)


def test_texts_are_looked_at_with_a_case_and_written_by_the_lead(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_cited(world)
    db_session.commit()
    lead, officer = enter(app, "lead"), enter(app, "officer1")
    page = "/handoffs/texts/request?category=core20"
    data = {"number": 0, "body": "{府省庁}へ：{根拠}", "reason": "根拠を示す"}

    looked = lead.post(page, data={**data, "preview": "1", "case": case.receipt_number})
    unknown = lead.post(page, data={**data, "preview": "1", "case": "R6-9999"})
    by_officer = officer.post(page, data=data)
    kept = lead.post(page, data=data)
    stale = lead.post(page, data=data)

    answers = [looked, unknown, by_officer, kept, stale]
    assert [row.status_code for row in answers] == [200, 422, 403, 302, 409]
    assert "厚生労働省へ：TYPES 1「台帳の行」" in main_of(looked)
    assert "分類の文面" in main_of(officer.get("/handoffs/texts"))
    for address in ("/handoffs/texts/nothing", "/handoffs/texts/request?category=zz"):
        assert lead.get(address).status_code == 404


def test_batches_are_hidden_from_bodies_and_from_who_has_a_conflict(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_cited(world)
    db_session.commit()
    data = {"title": "送付", "version": "0", "case": [case.id]}
    page = enter(app, "officer1").post("/handoffs/batches/new", data=data).location
    declare_conflict(world["officer3"], proposal=case)
    db_session.commit()

    codes = {
        login: [enter(app, login).get(path).status_code for path in (page, "/handoffs/batches")]
        for login in ("officer3", "auditor", "city-mgr", "coordinator", "observer")
    }

    assert codes == {
        "officer3": [404, 200],
        "auditor": [200, 200],
        "city-mgr": [403, 403],
        "coordinator": [403, 403],
        "observer": [403, 403],
    }
    assert "0件" in main_of(enter(app, "officer3").get("/handoffs/batches"))


def test_p49_batch_whose_people_changed_is_refused_with_both_lists(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_cited(world)
    db_session.commit()
    officer = enter(app, "officer1")
    data = {"title": "送付", "version": "0", "case": [case.id]}
    page = officer.post("/handoffs/batches/new", data=data).location
    batch = db_session.scalars(select(HandoffBatch)).one()
    seen = {
        "version": batch.version,
        "seen": plan_of(batch).digest(),
        "seen_people": str(world["coordinator"].id),
        "typed": "1",
    }
    first = main_of(officer.get(f"{page}/send"))
    world["coordinator"].disabled_at = NOW
    make_user("second", world["coordinator"].organization, Role.MINISTRY_COORDINATOR)
    db_session.commit()

    refused = officer.post(f"{page}/send", data=seen)

    assert "新しい送付先" in first
    assert (refused.status_code, db_session.scalars(select(Handoff)).all()) == (409, [])
    assert "先ほど1人　今1人" in main_of(refused)
    assert "加わった宛先1人、外れた宛先1人" in main_of(refused)


def test_p49_batch_shows_the_difference_to_the_last_one(
    app: Flask, world: World, db_session: Session
) -> None:
    first, second = make_cited(world), make_cited(world)
    send(world, make_batch(world, first))
    make_user("second", world["coordinator"].organization, Role.MINISTRY_COORDINATOR)
    batch = make_batch(world, second)
    db_session.commit()

    said = main_of(enter(app, "officer1").get(f"/handoffs/batches/{batch.id}/send"))

    assert "前回の宛先 1人　今2人" in said
    assert "加わった宛先1人、外れた宛先0人" in said
    assert "新しい送付先" not in said
