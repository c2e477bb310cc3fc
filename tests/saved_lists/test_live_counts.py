"""Live counts (今の件数): that of the opened list, for every role, kind and filter (K3)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.candidates.pages import candidate_list
from app.casework.case_list import case_list
from app.casework.own_list import own_list
from app.core import clock
from app.extensions import db
from app.handoffs.inbox import build_inbox
from app.handoffs.overview import read_overview
from app.rounds.models import Round
from app.saved_lists.kinds import KINDS_OF_A_ROUND, kinds_for
from app.saved_lists.models import ListKind, SavedList
from app.saved_lists.readings import read_lists
from app.search.page import search_page
from app.workflow.handoffs import HandoffState
from app.workflow.labels import STATE_LABELS
from app.workflow.states import State
from tests.candidates.lists import add
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_classified,
    make_draft,
    make_handoff,
    make_in_review,
    make_submitted,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)
LOGINS = ("officer1", "officer2", "lead", "auditor", "city", "city-mgr")
MINISTRIES = ("ministry", "coordinator", "digital", "digital-coord")
READERS = len(LOGINS) + len(MINISTRIES)
STATES = ("", "accepted", "open", "backlog", "classified", "in_review", "draft", "nonsense")
HANDOFF_STATES = ("", "open", "sent", "acknowledged", "prepared", "nonsense")
MANY = (
    ("officer1", ListKind.CASES),
    ("officer1", ListKind.HANDOFFS),
    ("city", ListKind.OWN),
    ("coordinator", ListKind.INBOX),
)
FILTERS: dict[ListKind, list[dict[str, str]]] = {
    ListKind.CASES: [
        {"state": state, "reviewer": reviewer, "overdue": overdue, "q": text}
        for state, reviewer, overdue, text in product(
            STATES, ("", "officer1"), ("", "1"), ("", "R6-0002")
        )
    ]
    + [{"organization": "999999"}, {"as_of": "2024-08-19"}, {"ministry": "x", "late": "1"}],
    ListKind.OWN: [{"state": state, "q": q} for state in STATES for q in ("", "R6-0001", "なし")],
    ListKind.HANDOFFS: [
        {"state": state, "overdue": overdue, "part": part}
        for state, overdue, part in product(HANDOFF_STATES, ("", "1"), ("", "lead", "related"))
    ],
    ListKind.INBOX: [
        {"state": state, "part": part, "tab": tab, "mine": mine}
        for state, part, tab, mine in product(
            ("", "not_taken", "taken", "nonsense"), ("", "lead"), ("", "done"), ("", "1")
        )
    ],
    ListKind.SEARCH: [
        {"q": q} for q in ("システム", "R6-0001", "状態:受理", "種類:台帳", "ないはず")
    ],
    ListKind.CANDIDATES: [{}],
}
OPENED: dict[ListKind, Callable[[User, dict[str, str], Round], int]] = {
    ListKind.CASES: lambda actor, query, round_: (
        case_list(actor, {"round": round_.key, **query}, round_).counts.found
    ),
    ListKind.OWN: lambda actor, query, _round: own_list(actor, query).counts.found,
    ListKind.HANDOFFS: lambda actor, query, round_: read_overview(actor, query, round_).found,
    ListKind.INBOX: lambda actor, query, round_: (
        build_inbox(actor, round_, asked=query, is_done=query.get("tab") == "done").found
    ),
    ListKind.SEARCH: lambda actor, query, round_: search_page(actor, query, round_).count,
    ListKind.CANDIDATES: lambda actor, _query, round_: len(candidate_list(round_, actor).lines),
}


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        make_submitted(world)
        make_draft(world)
        make_in_review(world)
        declare_conflict(world["officer2"], proposal=make_accepted(world))
        hidden = make_classified(world)
        make_handoff(world, hidden, state=HandoffState.ACKNOWLEDGED)
        declare_conflict(world["lead"], proposal=hidden)
        make_handoff(world, make_classified(world))
        make_handoff(world, make_classified(world), to=world["digital"].organization)
        add(world)
        db_session.commit()
        yield world


def some_lists(
    world: World, actor: User, kind: ListKind, filters: list[dict[str, str]]
) -> list[SavedList]:
    """Lists of one kind of a person, one for each of some filters."""
    lists = [
        SavedList(
            kind=kind,
            owner_id=actor.id,
            organization_id=actor.organization_id,
            round_id=world.round.id if kind in KINDS_OF_A_ROUND else None,
            name=f"{kind.value}{number}",
            query={name: value for name, value in query.items() if value},
            created_at=NOW,
        )
        for number, query in enumerate(filters)
    ]
    db.session.add_all(lists)
    db.session.commit()
    return lists


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_live_count_is_that_of_the_opened_list(app: Flask, world: World) -> None:
    found, opened = {}, {}

    for number, login in enumerate((*LOGINS, *MINISTRIES)):
        actor = world[login]
        # Everything, and another part of the filters for each reader.
        lists = []
        for kind in kinds_for(actor):
            some = [FILTERS[kind][0], *FILTERS[kind][1 + number :: READERS]]
            lists += some_lists(world, actor, kind, some)
        with app.test_request_context():
            for row in read_lists(actor, lists, world.round):
                found[login, row.saved.name] = row.count
            for saved in lists:
                shown = OPENED[saved.kind](actor, dict(saved.query), world.round)
                opened[login, saved.name] = shown

    assert found == opened
    assert {login for (login, _name), count in found.items() if count} == {*LOGINS, *MINISTRIES}


def test_counts_are_those_of_the_reader(app: Flask, world: World) -> None:
    lists = some_lists(world, world["officer1"], ListKind.CASES, FILTERS[ListKind.CASES][:1])

    with app.test_request_context():
        [mine] = read_lists(world["officer1"], lists, world.round)
        [others] = read_lists(world["lead"], lists, world.round)

    assert (mine.count, others.count) == (6, 5)


def test_ten_lists_ask_as_often_as_four(app: Flask, world: World) -> None:
    asked = []

    for login, kind in MANY:
        lists = some_lists(world, world[login], kind, FILTERS[kind][:10])
        for number in (4, 10):
            db.session.commit()
            ids = [row.id for row in lists[:number]]
            some = list(db.session.scalars(select(SavedList).where(SavedList.id.in_(ids))))
            assert (world[login].roles, world[login].organization.name, world.round.key) != ()
            with app.test_request_context(), counted() as sent:
                read_lists(world[login], some, world.round)
            asked.append((login, kind, len(sent)))

    assert len(asked) == 2 * len(MANY)
    assert asked[::2] == asked[1::2]


def test_filter_whose_value_is_gone_is_said(app: Flask, world: World) -> None:
    actor = world["officer1"]
    saved = some_lists(world, actor, ListKind.CASES, FILTERS[ListKind.CASES][:1])[0]
    saved.query = {"category": "gone", "state": "accepted"}
    db.session.commit()

    with app.test_request_context():
        [reading] = read_lists(actor, [saved], world.round)

    assert reading.problems == ["分類「gone」は選べないため、この条件を外して表示しています。"]
    assert (reading.words, reading.count) == ([f"状態：{STATE_LABELS[State.ACCEPTED]}"], 1)
