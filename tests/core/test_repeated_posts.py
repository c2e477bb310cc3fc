"""The same form sent twice (二重送信): one effect, the first answer again, no text lost (P04)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.posted_form import (
    Post,
    PostedForm,
    claim,
    is_answer_kept,
    keep_place,
    will_lead_to,
)
from app.core.repeated_posts import KEPT_DAYS, erase_old_posts
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.casework.test_query_counts import counted
from tests.factories import World, make_draft, make_in_review, make_submitted, make_world
from tests.proposals.saving import drafts_of, hidden_of, new_key, typed


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def keys_in(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(PostedForm))


def test_p04_every_showing_of_a_form_has_a_key_of_its_own(app: Flask, world: World) -> None:
    browser = enter(app, "city")

    keys = [hidden_of(browser.get("/proposals/new"), "form_key") for _ in range(2)]

    assert [len(key) for key in keys] == [1, 1]
    assert keys[0] != keys[1]
    assert all(re.fullmatch("[0-9a-f]{32}", key) for (key,) in keys)


def test_p04_same_form_sent_twice_makes_one_draft_and_leads_to_it_twice(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    sent = typed(form_key=new_key())

    answers = [browser.post("/proposals/new", data=sent) for _ in range(3)]

    (draft,) = drafts_of(db_session)
    places = [(answer.status_code, answer.location) for answer in answers]
    assert places == [(302, f"/proposals/drafts/{draft.id}")] * 3
    assert "1回だけ受け付けました" in browser.get(f"/proposals/drafts/{draft.id}").text


def test_p04_reload_of_what_is_missing_makes_no_second_draft(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    sent = typed(title="", form_key=new_key(), step="check")

    answers = [browser.post("/proposals/new", data=sent) for _ in range(2)]

    (draft,) = drafts_of(db_session)
    assert {answer.location for answer in answers} == {f"/proposals/drafts/{draft.id}?step=check"}


def test_p04_same_key_with_other_content_is_refused_and_shows_the_text(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    key = new_key()
    browser.post("/proposals/new", data=typed(form_key=key))

    answer = browser.post(
        "/proposals/new", data=typed(form_key=key, title="別の題名", detail="続き")
    )

    (draft,) = drafts_of(db_session)
    assert answer.status_code == 409
    assert "<h1>この画面は送信済みです</h1>" in answer.text
    assert f'href="/proposals/drafts/{draft.id}"' in answer.text
    shown = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    assert shown[:2] == ["別の題名", "続き"]
    assert key not in answer.text


def test_p04_deliberate_second_proposal_is_a_second_draft(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")

    for _ in range(2):
        browser.post("/proposals/new", data=typed(form_key=new_key()))

    assert len(drafts_of(db_session)) == 2


def test_p04_form_that_was_refused_does_not_spend_its_key(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    key = new_key()

    refused = browser.post(
        "/proposals/new", data=typed(form_key=key, contact_department="あ" * 101)
    )
    saved = browser.post("/proposals/new", data=typed(form_key=key))

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert len(drafts_of(db_session)) == 1


def test_p04_key_of_one_person_is_none_of_another(
    app: Flask, world: World, db_session: Session
) -> None:
    sent = typed(form_key=new_key())

    answers = [enter(app, login).post("/proposals/new", data=sent) for login in ("city", "other")]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(drafts_of(db_session)) == 2


def test_p04_submission_sent_twice_is_one_and_leads_to_its_receipt(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    db_session.commit()
    browser = enter(app, "city-mgr")
    address, sent = f"/proposals/drafts/{draft.id}/check", {"version": 1, "form_key": new_key()}

    answers = [browser.post(address, data=sent) for _ in range(2)]

    assert [answer.location for answer in answers] == ["/proposals/R6-0001/receipt"] * 2
    assert world.round.last_receipt_sequence == 1


def test_p04_deletion_sent_twice_leads_to_the_list_though_the_draft_is_gone(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    db_session.commit()
    browser = enter(app, "city")
    address, sent = f"/proposals/drafts/{draft.id}/discard", {"version": 1, "form_key": new_key()}

    answers = [browser.post(address, data=sent) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [
        (302, "/proposals")
    ] * 2


def test_p04_form_of_the_secretariat_is_guarded_alike(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_submitted(world)
    db_session.commit()
    browser = enter(app, "officer1")
    address = f"/proposals/{case.receipt_number}/form-check"
    page = browser.get(address)

    assert hidden_of(page, "form_key") != []


def test_p04_place_that_is_known_before_is_kept_with_the_act(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "officer1")
    proposal = make_in_review(world)
    db_session.commit()
    sent = {"version": proposal.version, "reason": "ほかの業務のため", "form_key": new_key()}

    with counted() as statements:
        done = browser.post(f"/proposals/{proposal.receipt_number}/decline", data=sent)
    again = browser.post(f"/proposals/{proposal.receipt_number}/decline", data=sent)

    (kept,) = db_session.scalars(select(PostedForm))
    assert (kept.status, kept.location) == (done.status_code, done.location)
    assert [text for text in statements if text.startswith("UPDATE posted_form")] == []
    assert (again.status_code, again.location) == (302, done.location)


def test_p04_place_that_turns_out_another_one_is_put_right(
    app: Flask, world: World, db_session: Session
) -> None:
    post = Post(world["officer1"].id, new_key(), "内容")
    with app.test_request_context(method="POST"):
        will_lead_to("/a")
        claim(db_session, post)
        will_lead_to("/b")
        keep_place(db_session, post)
        answers = [is_answer_kept(302, place) for place in ("/a", "/b")]

    kept = db_session.get_one(PostedForm, (post.user_id, post.key), populate_existing=True)
    assert (kept.status, kept.location, answers) == (302, "/b", [False, True])


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 31, "0" * 33, "０" * 32])
def test_post_without_a_good_key_is_served_as_before(
    app: Flask, world: World, db_session: Session, key: str
) -> None:
    browser = enter(app, "city")

    for _ in range(2):
        browser.post("/proposals/new", data=typed(form_key=key))

    assert (len(drafts_of(db_session)), keys_in(db_session)) == (2, 0)


def test_stranger_with_a_key_is_asked_to_sign_in(
    client: FlaskClient, world: World, db_session: Session
) -> None:
    answer = client.post("/proposals/new", data=typed(form_key=new_key()))

    assert (answer.status_code, keys_in(db_session)) == (401, 0)


def test_texts_of_an_ended_session_hold_no_key(client: FlaskClient, world: World) -> None:
    key = new_key()

    answer = client.post("/proposals/new", data=typed(form_key=key))

    assert key not in answer.text


def test_old_keys_are_erased_and_new_ones_kept(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    with clock.at(clock.now() - timedelta(days=KEPT_DAYS, seconds=1)):
        browser.post("/proposals/new", data=typed(form_key=new_key()))
    browser.post("/proposals/new", data=typed(form_key=new_key()))

    with unit_of_work():
        erased = erase_old_posts(clock.now())

    assert (erased, keys_in(db_session)) == (1, 1)


def test_p04_repetition_of_what_led_nowhere_is_told_that_it_is_done(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    sent = typed(form_key=new_key())
    browser.post("/proposals/new", data=sent)
    db_session.scalars(select(PostedForm)).one().location = ""
    db_session.commit()

    answer = browser.post("/proposals/new", data=sent)

    assert answer.status_code == 200
    assert "<h1>既に受け付けています</h1>" in answer.text
    assert len(drafts_of(db_session)) == 1


def test_p04_two_forms_at_one_address_differ_by_what_they_hold(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    key = new_key()
    browser.post("/proposals/new", data=typed(form_key=key, viewpoints=["is_viewpoint_new_issue"]))

    answer = browser.post("/proposals/new", data=typed(form_key=key, viewpoints=[]))

    assert answer.status_code == 409


def test_state_of_a_draft_sent_twice_stays_a_draft(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    sent = typed(form_key=new_key())

    for _ in range(2):
        browser.post("/proposals/new", data=sent)

    assert db_session.scalars(select(Proposal.state)).all() == [State.DRAFT]
