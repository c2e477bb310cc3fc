"""Rules of a round that may change while it runs (募集回の設定)."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core.errors import InvalidInput, NotAllowed
from app.proposals.clocks import running_clock
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.rounds.services.settings import EditRound, edit_round
from app.workflow.terms import Term
from tests.accounts.browser import let_in
from tests.factories import World, make_submitted, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def as_it_is(round_: Round) -> EditRound:
    return EditRound(
        label=round_.label,
        name=round_.name,
        reviewers_required=round_.reviewers_required,
        attachment_file_limit_mb=round_.attachment_file_limit_mb,
        attachment_total_limit_mb=round_.attachment_total_limit_mb,
        attachment_count_limit=round_.attachment_count_limit,
        office_days={row.term: row.office_days for row in round_.terms},
    )


def test_settings_change_and_leave_a_trace(world: World, db_session: Session) -> None:
    command = replace(
        as_it_is(world.round),
        attachment_file_limit_mb=10,
        office_days={Term.FORM_CHECK: 7},
    )

    changed = edit_round(world.round, command, actor=world["admin"])

    assert changed == ["attachment_file_limit_mb", "term.form_check"]
    assert world.round.attachment_file_limit_mb == 10
    assert world.round.office_days(Term.FORM_CHECK) == 7
    db_session.commit()
    entry = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "round.edit")).one()
    assert entry.changes == {"attachment_file_limit_mb": [20, 10], "term.form_check": [3, 7]}


def test_same_settings_change_nothing(world: World, db_session: Session) -> None:
    changed = edit_round(world.round, as_it_is(world.round), actor=world["admin"])

    assert changed == []
    assert db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "round.edit")).all() == []


def test_running_clock_keeps_the_term_it_began_with(world: World) -> None:
    case = make_submitted(world)
    due_before = case.due_on

    edit_round(
        world.round,
        replace(as_it_is(world.round), office_days={Term.FORM_CHECK: 9}),
        actor=world["admin"],
    )

    running = running_clock(case)
    assert running is not None
    assert (running.office_days, case.due_on) == (3, due_before)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": ""}, "label"),
        ({"name": "あ" * 201}, "name"),
        ({"reviewers_required": 3}, "reviewers_required"),
        ({"attachment_file_limit_mb": 0}, "attachment_file_limit_mb"),
        ({"attachment_total_limit_mb": 19}, "attachment_total_limit_mb"),
        ({"attachment_count_limit": 1000}, "attachment_count_limit"),
        ({"office_days": {Term.REPLY: -1}}, "reply"),
    ],
)
def test_settings_with_a_fault_are_refused(
    world: World, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        edit_round(world.round, replace(as_it_is(world.round), **change), actor=world["admin"])

    assert list(refused.value.errors) == [field]


def test_settings_are_changed_by_the_admin_alone(world: World) -> None:
    with pytest.raises(NotAllowed):
        edit_round(world.round, as_it_is(world.round), actor=world["lead"])


# --- Pages ----------------------------------------------------------------------------------------


def test_settings_page_saves_what_was_typed(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    db_session.commit()
    let_in(client, "admin")
    typed = {
        "label": "令和6年",
        "name": "募集",
        "reviewers_required": "1",
        "attachment_file_limit_mb": "15",
        "attachment_total_limit_mb": "30",
        "attachment_count_limit": "5",
        **{row.term.value: "4" for row in world.round.terms},
    }

    answer = client.post("/rounds/R6/settings", data=typed)

    assert answer.headers["Location"] == "/rounds/R6/recount"
    saved = get_round("R6")
    assert (saved.reviewers_required, saved.attachment_total_limit_mb) == (1, 30)
    assert {row.office_days for row in saved.terms} == {4}


def test_settings_page_says_what_is_wrong(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    db_session.commit()
    let_in(client, "admin")

    answer = client.post(
        "/rounds/R6/settings", data={"label": "令和6年", "attachment_file_limit_mb": "十"}
    )

    assert answer.status_code == 422
    assert "入力内容に" in answer.get_data(as_text=True)


def test_clone_page_makes_the_next_round(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    db_session.commit()
    let_in(client, "admin")
    typed = {
        "key": "T1",
        "label": "練習",
        "name": "操作の練習",
        "opens_on": "令和8年4月1日",
        "opens_time": "09:00:00",
        "closes_on": "2026-05-03",
        "closes_time": "23:59:59",
        "is_practice": "y",
    }

    answer = client.post("/rounds/R6/clone", data=typed, follow_redirects=True)

    made = get_round("T1")
    assert (made.label, made.is_practice, made.opens_at.isoformat()) == (
        "練習",
        True,
        "2026-04-01T00:00:00+00:00",
    )
    words = answer.get_data(as_text=True)
    assert "募集回「練習」を作りました。" in words
    assert "締切の日は閉庁日" in words


def test_clone_page_begins_with_the_suggestion(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    db_session.commit()
    let_in(client, "admin")

    shown = client.get("/rounds/R6/clone").get_data(as_text=True)

    assert 'value="R7"' in shown
