"""The queue narrowed, in pages, and what was done today (絞り込み・ページ・今日の進み)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.triage.models import Pile
from app.triage.worklist.claims import pile_of
from app.triage.worklist.filters import QueueFilters, queue_options, read_queue_filters
from app.triage.worklist.items import opened, waiting_work
from app.triage.worklist.pages import page_of_items
from app.triage.worklist.progress import count_done_today
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_in_confirmation,
    make_in_review,
    make_submitted,
)
from tests.triage.pages import NOW, numbers_in, section_of


def found(world: World, pile: Pile, login: str = "officer1", **filters: str) -> list[Proposal]:
    items = pile_of(world[login], world.round, pile, QueueFilters(**filters))
    return [item.proposal for item in opened(items)]


def test_pile_is_narrowed_by_ministry_type_text_and_age(world: World) -> None:
    with clock.at(NOW - timedelta(days=21)):
        old = make_submitted(world)
    fresh = make_submitted(world, title="図書館の貸出しの共通化")
    fresh.ministry = world["ministry"].organization
    ministry = str(world["ministry"].organization_id)

    narrowed = {
        "all": found(world, Pile.FORM_CHECK),
        "ministry": found(world, Pile.FORM_CHECK, ministry=ministry),
        "city": found(world, Pile.FORM_CHECK, org_type="city"),
        "town": found(world, Pile.FORM_CHECK, org_type="town_village"),
        "text": found(world, Pile.FORM_CHECK, q="図書館"),
        "0-5": found(world, Pile.FORM_CHECK, age="0-5"),
        "11-20": found(world, Pile.FORM_CHECK, age="11-20"),
        "41-": found(world, Pile.FORM_CHECK, age="41-"),
    }

    assert narrowed == {
        "all": [old, fresh],
        "ministry": [fresh],
        "city": [old, fresh],
        "town": [],
        "text": [fresh],
        "0-5": [fresh],
        "11-20": [old],
        "41-": [],
    }


@pytest.mark.parametrize(("is_blind", "expected"), [(False, 1), (True, 0)])
def test_class_filter_tells_nothing_of_a_blind_first_opinion(
    world: World, is_blind: bool, expected: int
) -> None:
    make_in_confirmation(world)
    world.round.is_second_opinion_blind = is_blind

    by_class = {
        key: len(found(world, Pile.CONFIRMATION, "officer2", category=key)) for key in ("f5", "f2")
    }

    assert by_class == {"f5": expected, "f2": 0}


def test_unknown_filters_are_left_out_and_said(world: World) -> None:
    asked = {"ministry": "999999", "age": "x", "category": "f5", "q": "鍵" * 300}

    filters, problems = read_queue_filters(asked, queue_options(world.round))

    assert filters.chosen() == {"q": "鍵" * 200, "category": "f5"}
    assert len(problems) == 3


def test_pages_go_forth_and_back_by_the_place_of_a_case(world: World) -> None:
    cases = [make_submitted(world) for _ in range(5)]
    officer = world["officer1"]
    items = waiting_work(officer)

    first = page_of_items(officer, items, "", size=2)
    second = page_of_items(officer, items, first.next_cursor or "", size=2)
    # The case before the second page has been finished meanwhile: none is passed over.
    later = page_of_items(officer, items[1:], first.next_cursor or "", size=2)
    back = page_of_items(officer, items, second.previous_cursor or "", size=2)
    nonsense = page_of_items(officer, items, "bm9uc2Vuc2U", size=2)

    pages = [[item.proposal for item in opened(page.rows)] for page in (first, second, later, back)]
    assert pages == [cases[:2], cases[2:4], cases[2:4], cases[:2]]
    assert (first.previous_cursor, nonsense) == (None, first)


def test_queue_page_keeps_filter_in_chips_buttons_and_links(app: Flask, world: World) -> None:
    make_submitted(world)
    wanted = make_submitted(world, title="図書館の貸出しの共通化")

    page = enter(app, "officer1").get("/triage?round=R6&q=図書館&age=0-5")

    section = section_of(page, "form-check")
    kept = "q=%E5%9B%B3%E6%9B%B8%E9%A4%A8&amp;age=0-5"
    assert numbers_in(section) == [wanted.reference]
    assert f'action="/triage/next?{kept}&amp;round=R6"' in page.text
    assert page.text.count('<a class="chip"') == 2
    link = f"/proposals/{wanted.reference}/form-check?pile=form_check&amp;round=R6&amp;{kept}"
    assert f'href="{link}"' in section


def test_queue_counts_what_one_has_done_today(world: World, db_session: Session) -> None:
    for _ in range(2):
        give_opinion(world, make_in_review(world, "officer1"))
    with clock.at(NOW - timedelta(days=1)):
        give_opinion(world, make_in_review(world, "officer1"))
    db_session.commit()
    before = count_done_today(world["officer1"], world.round)
    declare_conflict(world["officer1"], body=world["city"].organization)

    after = count_done_today(world["officer1"], world.round)

    # The form checks of the world are officer1's as well: the same cases, counted once.
    assert (before, after) == (2, 0)


def test_queue_asks_as_often_for_many_cases_as_for_few(app: Flask, world: World) -> None:
    browser = enter(app, "officer1")
    make_in_review(world)
    make_submitted(world)
    browser.get("/triage")
    with counted() as few:
        browser.get("/triage?q=鍵&age=0-5")
    for _ in range(6):
        make_in_review(world)
        make_submitted(world)

    with counted() as many:
        page = browser.get("/triage?q=鍵&age=0-5")

    assert len(numbers_in(section_of(page, "review"))) == 7
    assert len(many) == len(few) <= 47


@contextmanager
def counted() -> Iterator[list[str]]:
    """Questions that are put to the database inside the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
