"""The list of a body's own proposals (自団体の提案): its words, nothing between the lines."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.casework.own_list import OwnList, own_list
from app.core import clock
from app.proposals.models import LateSubmission
from app.workflow.states import State
from tests.casework.pages import body_of, listed, sign_in
from tests.factories import (
    World,
    make_classified,
    make_closed,
    make_draft,
    make_in_state,
    make_returned,
    make_submitted,
    make_world,
)

INNER_STATES = (
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
    State.CLASSIFIED,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def read(app: Flask, world: World, login: str = "city", /, **asked: str) -> OwnList:
    with app.test_request_context():
        return own_list(world[login], asked)


def test_list_shows_drafts_and_cases_of_the_own_body_only(app: Flask, world: World) -> None:
    draft = make_draft(world, title="書きかけ")
    case = make_submitted(world)

    own, other = read(app, world), read(app, world, "other")

    assert [(row.number, row.url) for row in own.rows] == [
        ("下書き", f"/proposals/drafts/{draft.id}"),
        (case.reference, f"/proposals/{case.reference}"),
    ]
    assert (other.rows, other.counts.total) == ([], 0)


def test_list_begins_with_what_the_body_must_do(app: Flask, world: World) -> None:
    older = make_submitted(world)
    draft = make_draft(world)
    returned = make_returned(world)
    newer = make_submitted(world)

    found = [row.number for row in read(app, world).rows]

    assert found == [returned.reference, draft.reference, newer.reference, older.reference]


def test_states_are_the_words_of_the_body(app: Flask, world: World) -> None:
    for state in State:
        make_in_state(world, state)

    labels = {row.number: row.badge.label for row in read(app, world, sort="number").rows}

    assert list(labels.values()) == [
        "下書き",
        "提出済み",
        "差戻し（要対応）",
        *["審査中"] * 5,
        "結果通知済み",
        "取下げ",
        "審査中",
        "提出済み",
    ]


def test_state_filter_tells_no_inner_step_from_another(app: Flask, world: World) -> None:
    inner = [make_in_state(world, kind).reference for kind in INNER_STATES]
    make_submitted(world)

    for state in INNER_STATES:
        found = [row.number for row in read(app, world, state=state.value, sort="number").rows]
        assert found == inner, state


def test_open_includes_what_is_classified_and_not_told(app: Flask, world: World) -> None:
    classified = make_classified(world)
    make_closed(world)
    make_in_state(world, State.WITHDRAWN)

    assert [row.number for row in read(app, world, state="open").rows] == [classified.reference]


def test_question_of_a_body_for_inner_matters_changes_nothing(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    for state in INNER_STATES:
        make_in_state(world, state)
    sign_in(client, db_session, "city")
    plain = listed(client.get("/proposals").text)

    queries = (
        *("category=f5", "category=types", "reviewer=officer1", "overdue=1", "org_type=union"),
        *("ministry=1", "round=R9", "sort=due", "sort=-since"),
    )
    for query in queries:
        assert listed(client.get(f"/proposals?{query}").text) == plain, query
    assert len(plain) == len(INNER_STATES)


def test_page_of_a_body_names_no_category(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    for state in INNER_STATES:
        make_in_state(world, state)
    sign_in(client, db_session, "city")

    page = body_of(client.get("/proposals").text)

    assert [word for word in ("F-5", "分類", "officer1") if word in page] == []


def test_draft_row_says_what_is_missing_and_when_the_round_ends(app: Flask, world: World) -> None:
    with clock.at(world.round.closes_at - timedelta(days=1)):
        make_draft(world, effect="", is_viewpoint_new_issue=False)
        (row,) = read(app, world).rows

    assert row.todo == "あと2件を入力する"
    assert [(task.label, task.url.partition("#")[2]) for task in row.tasks] == [
        ("制度改正の効果", "effect"),
        ("当てはまる視点", "viewpoints"),
    ]
    assert row.due is not None
    assert row.due.date == clock.to_jst(world.round.closes_at).date()


def test_draft_row_says_who_saved_it_last_and_leads_to_what_is_missing(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    draft = make_draft(world, effect="", requested_measure="")
    sign_in(client, db_session, "city")

    page = client.get("/proposals").text

    assert f"に{world['city'].display_name}が保存" in page
    assert f'<a href="/proposals/drafts/{draft.id}#requested_measure"><b>あと2件を入力する' in page


def test_draft_row_after_the_end_has_no_date_and_says_so(app: Flask, world: World) -> None:
    draft = make_draft(world)
    with clock.at(world.round.closes_at + timedelta(seconds=1)):
        (row,) = read(app, world).rows
        new_url = read(app, world).new_url

    assert (row.due, row.due_note, new_url) == (None, "募集は締め切りました", None)
    assert row.url == f"/proposals/drafts/{draft.id}"


def test_draft_row_tells_of_a_late_submission_that_waits(
    app: Flask, db_session: Session, world: World
) -> None:
    draft = make_draft(world)
    db_session.add(
        LateSubmission(
            proposal_id=draft.id,
            requested_by_id=world["city-mgr"].id,
            requested_at=clock.now(),
            reason="停電のため",
        )
    )
    db_session.flush()

    (row,) = read(app, world).rows

    assert row.todo == "期限後の提出の可否を待っています"


def test_next_step_of_the_list_is_a_new_proposal(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    sign_in(client, db_session, "city")

    page = client.get("/proposals").text

    assert '<a class="button button-primary" href="/proposals/new">新しい提案を書く</a>' in page
    assert "自団体の提案はまだありません" in page
