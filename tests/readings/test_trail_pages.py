"""Searching the trail (監査証跡の検索, M2, P22): by person, case, act and days, page by page."""

from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.services import Subject, record
from app.core import clock
from app.proposals.models import Proposal
from app.readings import trail_pages
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_accepted, make_world

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def case(world: World, db_session: Session) -> Proposal:
    case = make_accepted(world)
    db_session.commit()
    return case


def write(session: Session, world: World, verb: str, login: str, day: int) -> None:
    with clock.at(clock.jst(2024, 7, day, 9)):
        record(verb, Subject(type="round", id=1), actor=world[login], reason=f"{login} {day}日")
    session.commit()


def read(app: Flask, query: str) -> str:
    page = enter(app, "auditor").get(f"/audit?{query}")
    assert page.status_code == 200
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def reasons(page: str) -> list[str]:
    cells = page.split('<td class="column-text">')[1:]
    return [cell.split("</td>")[0].split("<br>")[0] for cell in cells]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=lead", ["lead 4日", "lead 2日"]),
        ("act=round.one", ["officer1 3日", "lead 2日"]),
        ("act=round.one&person=lead", ["lead 2日"]),
        ("first=2024-07-03&last=2024-07-04", ["lead 4日", "officer1 3日"]),
        ("person=lead&last=2024-07-03", ["lead 2日"]),
        ("act=round.none", []),
    ],
)
def test_p22_trail_is_searched_by_person_act_and_days(
    app: Flask, world: World, db_session: Session, query: str, found: list[str]
) -> None:
    # Sealed in another order than it happened: what is searched stands in that of the clock.
    write(db_session, world, "round.two", "lead", 4)
    write(db_session, world, "round.one", "lead", 2)
    write(db_session, world, "round.one", "officer1", 3)

    page = read(app, query)

    assert reasons(page) == found
    assert ("この条件の記録はありません" in page) is (not found)


def test_trail_of_one_case(app: Flask, world: World, case: Proposal, db_session: Session) -> None:
    write(db_session, world, "round.one", "lead", 2)

    page = read(app, f"case={case.receipt_number}")

    assert (f"proposal {case.id}" in page, "round 1" in page) == (True, False)


def test_search_of_the_trail_goes_on_page_by_page(
    app: Flask, world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_pages, "PAGE_SIZE", 2)
    for day in range(1, 6):
        write(db_session, world, "round.one", "lead", day)

    pages, query = [], "act=round.one"
    while query:
        page = read(app, query)
        pages.append(reasons(page))
        before, _, after = page.partition('rel="next"')
        query = before.rpartition('href="?')[2].partition('"')[0] if after else ""

    assert pages == [["lead 5日", "lead 4日"], ["lead 3日", "lead 2日"], ["lead 1日"]]


def test_case_in_conflict_is_not_told_of(
    app: Flask, world: World, case: Proposal, db_session: Session
) -> None:
    record(
        "proposal.note",
        Subject(type="proposal", id=case.id),
        actor=world["lead"],
        from_state="accepted",
        to_state="in_review",
        reason="内容に関わる理由",
    )
    declare_conflict(world["auditor"], proposal=case)
    db_session.commit()

    everything, asked = read(app, ""), read(app, f"case={case.receipt_number}")

    assert ("proposal.note" in everything, "内容に関わる理由" in everything) == (True, False)
    assert "in_review" not in everything
    assert "案件は見つかりません" in asked


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("person=nobody", "利用者はいません"),
        ("first=2024-13-01", "読み取れません"),
        ("first=2024-08-02&last=2024-08-01", "終わりの日が、始まりの日より前"),
        ("case=R6-9999", "案件は見つかりません"),
        ("act=%F0%9F%98%80" + "x" * 300, "この条件の記録はありません"),
        ("page=99&cursor=x", "新しい順"),
    ],
)
def test_odd_search_of_the_trail_is_answered_in_words(
    app: Flask, world: World, query: str, words: str
) -> None:
    assert words in read(app, query)


@pytest.mark.parametrize(
    "condition",
    ["verb = 'round.one'", "actor_id = 1", "occurred_at >= '2024-07-01 00:00:00+00:00'"],
)
def test_each_search_of_the_trail_has_its_index(db_session: Session, condition: str) -> None:
    if db_session.get_bind().dialect.name != "sqlite":
        pytest.skip("the planner of PostgreSQL chooses by size")
    query = f"SELECT * FROM audit_event WHERE {condition} ORDER BY occurred_at DESC, seq DESC"

    plan = " ".join(row[3] for row in db_session.execute(text(f"EXPLAIN QUERY PLAN {query}")))

    assert ("USING INDEX ix_audit_event_" in plan, "TEMP B-TREE" in plan) == (True, False)
