"""The pages of one case (案件の画面): what each reader sees of it, and what none but few may."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.casework.content_view import content_view, paragraphs
from app.core import clock
from app.proposals.models import Proposal
from app.proposals.services.drafts import edit_proposal
from app.proposals.services.submission import Submit, submit
from app.rounds.models import FieldAudience, FieldKind
from app.triage.services.confirm import Dispute, dispute_assessment
from app.workflow.states import State
from tests.casework.pages import body_of, sign_in
from tests.factories import (
    World,
    give_opinion,
    make_classified,
    make_closed,
    make_draft,
    make_in_review,
    make_in_state,
    make_pending,
    make_returned,
    make_submitted,
    make_world,
)
from tests.rounds.forms import add_field, make_round, named

TABS = ("", "/triage-record", "/deadlines", "/history", "/sheet")
BODY_TABS = ("", "/deadlines", "/history", "/sheet")
SUBMITTED_STATES = [state for state in State if state is not State.DRAFT]
CONTACT = "情報政策課"


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def read(client: FlaskClient, case: Proposal, tab: str = "") -> str:
    response = client.get(f"/proposals/{case.reference}{tab}")
    assert response.status_code == 200
    return response.text


# --- Who may come in ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", SUBMITTED_STATES)
def test_every_tab_opens_in_every_state_and_the_record_for_no_body(
    client: FlaskClient, db_session: Session, world: World, state: State
) -> None:
    case = make_in_state(world, state)
    # The tabs of a case hang on its state, what is offered on them on the reader, too.
    tabs_of = {"lead": TABS, "officer1": ("", "/triage-record"), "auditor": ("", "/triage-record")}

    for login, tabs in tabs_of.items():
        sign_in(client, db_session, login)
        pages = [read(client, case, tab) for tab in tabs]
        assert [case.title in page for page in pages] == [True] * len(tabs), login
        assert max(page.count("button-primary") for page in pages) <= 1, login

    sign_in(client, db_session, "city")
    statuses = [client.get(f"/proposals/{case.reference}{tab}").status_code for tab in TABS]
    assert statuses == [200, 403, 200, 200, 200]


def test_case_does_not_exist_for_strangers(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    case = make_submitted(world)

    for login in ("other-mgr", "ministry", "admin", "observer"):
        sign_in(client, db_session, login)
        for tab in BODY_TABS:
            # The pages tell the minute.
            with clock.at(clock.now()):
                hidden = client.get(f"/proposals/{case.reference}{tab}")
                missing = client.get(f"/proposals/R6-9999{tab}")
            words = [body_of(page.text).split("要求番号")[0] for page in (hidden, missing)]
            assert (hidden.status_code, missing.status_code) == (404, 404), (login, tab)
            assert words[0] == words[1], (login, tab)


def test_strange_number_is_not_found(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    make_draft(world)
    make_submitted(world)
    sign_in(client, db_session, "city")

    for number in ("%00", "R6-0001%00", "下書き", "R6-0001%0A", "'", "A" * 500):
        assert client.get(f"/proposals/{number}").status_code == 404, number


# --- What a body reads --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [state for state in SUBMITTED_STATES if state not in (State.CLOSED, State.RETURNED)],
)
def test_body_reads_no_class_no_officer_and_no_inner_reason(
    client: FlaskClient, db_session: Session, world: World, state: State
) -> None:
    case = make_in_state(world, state)
    sign_in(client, db_session, "city-mgr")

    inner = ("F-5", "officer1", "officer2", "lead", "調査を待つため", "ペンディング", "対応方針")
    for tab in BODY_TABS:
        page = body_of(read(client, case, tab))
        assert [word for word in inner if word in page] == [], tab


@pytest.mark.parametrize("tab", ["", "/sheet"])
def test_body_reads_class_policy_and_outcome_once_closed(
    client: FlaskClient, db_session: Session, world: World, tab: str
) -> None:
    case = make_closed(world)
    sign_in(client, db_session, "city")

    page = body_of(read(client, case, tab))

    told = ("F-5に当たるもの", "F-5の対応方針", "対象候補として検討します。")
    assert [word for word in told if word in page] == list(told)
    assert "officer" not in page


def test_body_reads_what_to_correct_by_when_and_not_from_whom(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    case = make_returned(world)
    sign_in(client, db_session, "city-mgr")

    page = body_of(read(client, case))

    assert "対象の業務を書いてください。" in page
    assert "次にすること：差し戻された項目を直す" in page
    assert "officer1" not in page


@pytest.mark.parametrize("login", ["officer1", "auditor", "city"])
def test_contact_stands_on_the_page_and_never_on_the_sheet(
    client: FlaskClient, db_session: Session, world: World, login: str
) -> None:
    case = make_submitted(world)
    sign_in(client, db_session, login)

    page, sheet = read(client, case), read(client, case, "/sheet")

    assert (CONTACT in page, CONTACT in sheet) == (True, False)


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("officer1", 2),
        ("lead", 2),
        ("auditor", 2),
        ("city", 2),
        ("city-mgr", 2),
        ("other", 0),
        ("ministry", 0),
        ("observer", 0),
        ("admin", 0),
    ],
)
def test_contact_is_part_of_the_content_for_few(world: World, login: str, expected: int) -> None:
    case = make_submitted(world)

    assert len(content_view(case, world[login]).contact) == expected


# --- Content ------------------------------------------------------------------------------------


def test_paragraphs_end_at_blank_lines_only() -> None:
    assert paragraphs("一行目\n二行目\n\n　\n次の段落\n") == ["一行目\n二行目", "次の段落"]
    assert paragraphs(" \n") == []


def test_content_says_what_changed_since_the_first_submission(world: World) -> None:
    case = make_returned(world)
    before = case.title
    content = world.content(title="直した題")
    edit_proposal(case, content, version=case.version, actor=world["city"])
    submit(case, Submit(version=case.version), actor=world["city-mgr"])

    found = content_view(case, world["officer1"])

    assert found.note == "補正1回・最初の提出から1項目を訂正"
    assert [tuple(change) for change in found.changes] == [("提案概要", [before])]
    assert found.corrections[0].answered_at is not None


def test_content_as_first_submitted_says_so(world: World) -> None:
    found = content_view(make_submitted(world), world["officer1"])

    assert (found.note, found.changes) == ("提出時のまま（訂正なし）", [])


def test_markup_in_a_proposal_stays_text(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    text = "<script>alert(1)</script>"
    case = make_submitted(world, title=text, detail=text)
    sign_in(client, db_session, "officer1")

    pages = [read(client, case), read(client, case, "/sheet"), client.get("/proposals").text]

    assert [text in page for page in pages] == [False] * 3


# --- Frame --------------------------------------------------------------------------------------


def test_secretariat_sees_class_final_or_provisional(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    final, waiting = make_classified(world), make_in_state(world, State.IN_CONFIRMATION)
    pending = make_pending(world)
    sign_in(client, db_session, "officer1")

    assert 'class="class-code class-code-chosen">F-5' in read(client, final)
    assert 'class="class-code class-code-provisional">F-5' in read(client, waiting)
    assert "class-code" not in read(client, pending)


def test_record_keeps_opinions_evidence_and_disputes(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    case = make_in_review(world)
    first = give_opinion(world, case, "types")
    command = Dispute(
        version=case.version, assessment_id=first.id, category_key="f2", reason="別の見方"
    )
    dispute_assessment(case, command, actor=world["officer2"])
    give_opinion(world, case, "f5")
    sign_in(client, db_session, "auditor")

    page = body_of(read(client, case, "/triage-record"))

    places = [page.index(word) for word in ("意見2", "意見1", "異議あり", "TYPES 1", "別の見方")]
    assert places == sorted(places)


# --- History ------------------------------------------------------------------------------------


def test_history_numbers_its_entries_and_filters_by_kind(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    case = make_classified(world)
    sign_in(client, db_session, "lead")

    every, some = read(client, case, "/history"), read(client, case, "/history?kind=submission")
    unknown = read(client, case, "/history?kind=nonsense")

    assert [every.count("<li id="), some.count("<li id="), unknown.count("<li id=")] == [7, 1, 7]
    assert f'href="/proposals/{case.reference}/history#move-2"' in some


def test_history_of_a_body_counts_only_what_it_reads(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    case = make_classified(world)
    sign_in(client, db_session, "city")

    page = read(client, case, "/history")

    assert [f'id="move-{number}"' in page for number in (1, 2, 3, 4)] == [True, True, True, False]


# --- The form of the round ----------------------------------------------------------------------


def test_case_is_read_by_the_form_of_its_round(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    add_field(world.round, "extra_1", FieldKind.TEXT, "当時の問い")
    add_field(
        world.round,
        "extra_2",
        FieldKind.TEXT,
        "内線",
        audience=FieldAudience.BODY_AND_SECRETARIAT,
    )
    named(world.round, "detail").label = "詳しい内容"
    case = make_submitted(world, answers={"extra_1": "当時の答え", "extra_2": "内線4411"})
    make_round(world, "R7")
    sign_in(client, db_session, "officer1")

    page, sheet = read(client, case), read(client, case, "/sheet")

    assert [words in page for words in ("詳しい内容", "当時の答え", "内線4411")] == [True] * 3
    assert [words in sheet for words in ("詳しい内容", "当時の答え", "内線4411")] == [
        True,
        True,
        False,
    ]
