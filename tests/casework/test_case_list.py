"""The case list of the secretariat (提案一覧): what it finds, in which order, page by page."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationType, OrgType
from app.casework import case_list as case_list_module
from app.casework.case_list import CaseList, case_list
from app.casework.filters import CaseFilters
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.services.drafts import start_draft
from app.proposals.services.submission import Submit, submit
from app.rounds.services import NewRound, create_round
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.casework.pages import listed, sign_in
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_classified,
    make_closed,
    make_draft,
    make_in_review,
    make_in_state,
    make_pending,
    make_submitted,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def read(app: Flask, world: World, login: str = "officer1", /, **asked: str) -> CaseList:
    with app.test_request_context():
        return case_list(world[login], asked, world.round)


def numbers(app: Flask, world: World, /, **asked: str) -> list[str]:
    return [row.number for row in read(app, world, **asked).rows]


def submit_for_other(world: World, title: str) -> Proposal:
    proposal = start_draft(world.round, world.content(title=title), actor=world["other"])
    submit(proposal, Submit(version=proposal.version), actor=world["other-mgr"])
    return proposal


# --- What is listed -----------------------------------------------------------------------------


def test_list_shows_what_was_submitted_and_no_draft(app: Flask, world: World) -> None:
    make_draft(world)
    first, second = make_submitted(world), make_classified(world)

    found = read(app, world)

    assert [row.number for row in found.rows] == [first.reference, second.reference]
    assert (found.counts.total, found.counts.found) == (2, 2)


def test_list_hides_a_case_with_a_conflict_also_from_the_counts(app: Flask, world: World) -> None:
    hidden, shown = make_submitted(world), make_submitted(world)
    declare_conflict(world["officer1"], proposal=hidden)

    found = read(app, world)

    assert ([row.number for row in found.rows], found.counts.total) == ([shown.reference], 1)


def test_row_shows_the_class_provisional_until_it_is_final(app: Flask, world: World) -> None:
    make_classified(world)
    pending = make_pending(world)
    pending.provisional_category = world.round.scheme.categories[0]
    make_submitted(world)

    rows = read(app, world).rows

    assert [(row.class_code, row.is_provisional) for row in rows] == [
        ("F-5", False),
        ("A", True),
        ("", True),
    ]


def test_another_round_is_read_from_the_address_or_from_a_receipt_number(
    app: Flask, world: World
) -> None:
    now = clock.now()
    command = NewRound(
        key="R7",
        label="令和7年",
        name="次の募集",
        opens_at=now - timedelta(days=40),
        closes_at=now + timedelta(days=1),
    )
    other = create_round(world.round.scheme, command, actor=world["admin"])
    make_submitted(world)
    later = start_draft(other, world.content(), actor=world["city"])
    submit(later, Submit(version=later.version), actor=world["city-mgr"])

    by_key, by_number = read(app, world, round="R7"), read(app, world, q="r7-1")

    assert [row.number for row in by_key.rows] == ["R7-0001"]
    assert [row.number for row in by_number.rows] == ["R7-0001"]
    assert numbers(app, world, q="1") == ["R6-0001"]


# --- Filters ------------------------------------------------------------------------------------


# A merged case comes with the one it went into, which would be counted twice here.
ALONE = [state for state in State if state not in (State.DRAFT, State.MERGED)]


def test_state_finds_the_cases_in_it_and_open_what_is_not_settled(app: Flask, world: World) -> None:
    made = {kind: make_in_state(world, kind).reference for kind in ALONE}
    settled = (State.CLASSIFIED, State.CLOSED, State.WITHDRAWN)

    found = {kind: numbers(app, world, state=kind.value) for kind in ALONE}

    assert found == {kind: [number] for kind, number in made.items()}
    assert numbers(app, world, state="open") == [
        number for kind, number in made.items() if kind not in settled
    ]


def test_category_finds_classified_and_closed_but_not_provisional(app: Flask, world: World) -> None:
    classified, closed = make_classified(world), make_closed(world)
    make_pending(world).provisional_category = classified.category
    in_confirmation = make_in_review(world)
    give_opinion(world, in_confirmation)

    assert numbers(app, world, category="f5") == [classified.reference, closed.reference]


def test_org_type_is_that_of_the_day_of_submission(app: Flask, world: World) -> None:
    with clock.at(clock.now() - timedelta(days=5)):
        before = make_submitted(world)
        day = clock.today()
    body = world["city"].organization
    body.types[0].valid_to = day
    body.types.append(
        OrganizationType(valid_from=day + timedelta(days=1), org_type=OrgType.DESIGNATED_CITY)
    )
    after = make_submitted(world)
    submit_for_other(world, "別の団体の提案")

    assert numbers(app, world, org_type="city") == [before.reference]
    assert numbers(app, world, org_type="designated_city") == [after.reference]
    assert numbers(app, world, org_type="core_city") == ["R6-0003"]
    assert numbers(app, world, org_type="union") == []


def test_org_type_changes_at_midnight_of_japan(app: Flask, world: World) -> None:
    body = world["city"].organization
    body.types[0].valid_to = date(2024, 8, 27)
    body.types.append(
        OrganizationType(valid_from=date(2024, 8, 28), org_type=OrgType.DESIGNATED_CITY)
    )
    last, first = make_submitted(world), make_submitted(world)
    last.submitted_at = clock.jst(2024, 8, 27, 23, 59, 59)
    first.submitted_at = clock.jst(2024, 8, 28)

    assert numbers(app, world, org_type="city") == [last.reference]
    assert numbers(app, world, org_type="designated_city") == [first.reference]


def test_body_ministry_and_reviewer_narrow_the_list(app: Flask, world: World) -> None:
    ministry = world["ministry"].organization
    mine = make_in_review(world, "officer1")
    make_in_review(world, "officer2")
    with_ministry = make_submitted(world, ministry_id=ministry.id)
    other = submit_for_other(world, "別の団体の提案")
    code = other.organization.code or ""

    assert numbers(app, world, reviewer="officer1") == [mine.reference]
    assert numbers(app, world, ministry=str(ministry.id)) == [with_ministry.reference]
    assert numbers(app, world, organization=code) == [other.reference]


def test_overdue_begins_on_the_day_after_the_due_date(app: Flask, world: World) -> None:
    case = make_submitted(world)
    make_classified(world)
    due = case.due_on
    assert due is not None

    with clock.at(clock.jst(due.year, due.month, due.day, 23, 59)):
        on_the_day = numbers(app, world, overdue="1")
    with clock.at(clock.jst(due.year, due.month, due.day) + timedelta(days=1)):
        after = numbers(app, world, overdue="1")

    assert (on_the_day, after) == ([], [case.reference])


def test_late_finds_submissions_after_the_end(app: Flask, world: World) -> None:
    make_submitted(world)
    late = make_submitted(world)
    late.is_late = True

    assert numbers(app, world, late="1") == [late.reference]


# --- Search -------------------------------------------------------------------------------------


def test_search_reads_a_receipt_number_in_every_shape(app: Flask, world: World) -> None:
    make_submitted(world)
    second = make_submitted(world)

    for q in ("R6-0002", "r6-2", "Ｒ６－０００２", "0002", "2", "  2 "):
        assert numbers(app, world, q=q) == [second.reference], q


def test_search_wants_every_word_in_title_detail_or_body(app: Flask, world: World) -> None:
    both = make_submitted(world, title="カギの貸出し", detail="体育館の窓口")
    make_submitted(world, title="カギの貸出し", detail="図書館の窓口")
    other = submit_for_other(world, "鍵の貸出し")

    assert numbers(app, world, q="ｶｷﾞ 体育館") == [both.reference]
    assert numbers(app, world, q="乙丑市 鍵") == [other.reference]


def test_search_takes_wildcards_literally(app: Flask, world: World) -> None:
    make_submitted(world, title="100パーセント")
    literal = make_submitted(world, title="100%_達成")

    assert numbers(app, world, q="0%_達") == [literal.reference]


# --- Order and pages ----------------------------------------------------------------------------


def make_many(world: World) -> list[Proposal]:
    """Seven cases, two of them without a due date, in other orders than their numbers."""
    cases = [make_submitted(world, title=title) for title in ("え", "い", "あ", "う", "い")]
    cases += [make_closed(world), make_in_state(world, State.WITHDRAWN)]
    for number, case in enumerate(cases[:5]):
        case.due_on = date(2026, 1, 9) - timedelta(days=number // 2)
        case.state_since = clock.jst(2026, 1, 1, 9, number % 3)
    db.session.flush()
    return cases


# Seven cases, two a page: more would be a list that never ends.
MOST_PAGES = 5
ORDERS: Mapping[str, list[int]] = {
    "number": [1, 2, 3, 4, 5, 6, 7],
    "-number": [7, 6, 5, 4, 3, 2, 1],
    "due": [5, 3, 4, 1, 2, 6, 7],
    "-due": [2, 1, 4, 3, 5, 7, 6],
    "title": [3, 2, 5, 4, 1, 6, 7],
    "-title": [7, 6, 1, 4, 5, 2, 3],
    "since": [1, 4, 2, 5, 3, 6, 7],
    "-since": [7, 6, 3, 5, 2, 4, 1],
    "organization": [1, 2, 3, 4, 5, 6, 7],
}


def test_pages_follow_each_other_without_gap_and_lead_back(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(world)
    read_page = case_list_module.read_page
    monkeypatch.setattr(
        case_list_module, "read_page", lambda *args, **kwargs: read_page(*args, **kwargs, size=2)
    )

    for sort, order in ORDERS.items():
        pages = [read(app, world, sort=sort)]
        while pages[-1].next_url and len(pages) < MOST_PAGES:
            pages.append(read(app, world, sort=sort, cursor=cursor_in(pages[-1].next_url)))
        back = [pages[-1]]
        while back[-1].previous_url and len(back) < MOST_PAGES:
            back.append(read(app, world, sort=sort, cursor=cursor_in(back[-1].previous_url)))

        forward = [[row.number for row in page.rows] for page in pages]
        backward = [[row.number for row in page.rows] for page in back]
        expected = [f"R6-{number:04d}" for number in order]
        assert [number for page in forward for number in page] == expected, sort
        assert backward == forward[::-1], sort


def cursor_in(url: str | None) -> str:
    found = re.search(r"cursor=([^&]+)", url or "")
    assert found is not None
    return found[1]


def test_page_kept_while_a_case_leaves_it(app: Flask, world: World) -> None:
    with app.test_request_context():
        cases = make_many(world)
        sort = case_list_module.DEFAULT_SORT
        statement = case_list_module.queries.listed_cases(world["lead"])
        first = case_list_module.read_page(statement, sort, "", total=7, size=3)
        cases[2].state = State.DRAFT
        cases[2].receipt_number = cases[2].receipt_sequence = None
        db.session.flush()

        second = case_list_module.read_page(
            statement, sort, first.next_cursor or "", total=7, size=3
        )

    assert [row.reference for row in second.rows] == ["R6-0004", "R6-0005", "R6-0006"]


WRONG = [
    {"cursor": "x"},
    {"cursor": "W10"},
    {"cursor": "[" * 3000},
    {"cursor": "WyJudW1iZXIiLCJhZnRlciIsMWUzMCwxLDFd"},
    {"sort": "due", "cursor": "WyJkdWUiLCJhZnRlciIsMCwiMjAyNC0xMy0wMSIsMV0"},
    {"sort": "since", "cursor": "WyJzaW5jZSIsImFmdGVyIiwiMDAwMS0wMS0wMVQwMDowMDowMCswMDowMCIsMV0"},
    {"sort": "title", "cursor": "WyJ0aXRsZSIsImFmdGVyIiwiXHUwMDAwIiwxXQ"},
    {"sort": "title", "cursor": "WyJ0aXRsZSIsImFmdGVyIiwiXHVkODAwIiwxXQ"},
    {"number": "1", "sort": "nonsense"},
    {"round": "R99"},
    {"state": "nonsense"},
    {"state": "draft"},
    {"category": "f99"},
    {"org_type": "nonsense"},
    {"organization": "999999"},
    {"ministry": "99999999999999999999"},
    {"reviewer": "\x00"},
    {"overdue": "いいえ"},
    {"extended": "いいえ"},
]


def test_what_cannot_be_had_is_left_out_and_said(app: Flask, world: World) -> None:
    number = make_submitted(world).reference

    for asked in WRONG:
        found = read(app, world, **asked)
        assert ([row.number for row in found.rows], len(found.problems)) == ([number], 1), asked


def test_search_answers_to_every_text(app: Flask, world: World) -> None:
    make_submitted(world)

    for q in ("\x00", "\ud800", "%", "\\", "'", "あ" * 5000, "a " * 3000, "٢"):
        found = read(app, world, q=q)
        assert len(found.rows) == (1 if found.filters == CaseFilters() else 0), q[:9]


# --- The page -----------------------------------------------------------------------------------


def count_queries(client: FlaskClient, path: str) -> int:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


def test_list_asks_as_often_for_many_cases_as_for_one(
    app: Flask, db_session: Session, world: World
) -> None:
    for state in State:
        make_in_state(world, state)
    db_session.commit()
    readers = [enter(app, login) for login in ("officer1", "city")]
    few = [count_queries(reader, "/proposals") for reader in readers]
    for state in State:
        make_in_state(world, state)
    submit_for_other(world, "別の団体の提案")
    make_in_review(world, "officer3")
    db_session.commit()

    many = [count_queries(reader, "/proposals") for reader in readers]

    assert many == few


def test_page_links_chips_that_take_one_filter_away(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    make_submitted(world)
    sign_in(client, db_session, "officer1")

    page = client.get("/proposals?state=open&q=鍵&sort=due").text

    chips = [url.replace("&amp;", "&") for url in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert chips == ["/proposals?state=open&sort=due", "/proposals?q=%E9%8D%B5&sort=due"]
    assert listed(page) == ["R6-0001"]


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("admin", "システム管理の役割では、提案を見られません"),
        ("observer", "公表された提案が表示されます"),
    ],
)
def test_other_roles_read_why_the_list_is_empty(
    client: FlaskClient, db_session: Session, world: World, login: str, words: str
) -> None:
    case = make_submitted(world)
    sign_in(client, db_session, login)

    page = client.get("/proposals").text

    assert words in page
    assert case.title not in page
