"""Near-duplicates that go different ways (整合の点検), before the second person confirms."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput
from app.extensions import db
from app.proposals.models import Proposal
from app.similar.near_duplicates import near_ids
from app.similar.services.verdicts import NO_VERDICT, JudgePair, judge_pair
from app.triage.consistency import differences, differences_of_round
from app.triage.queries import open_assessment
from app.triage.services.confirm import Confirm, confirm_assessment
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_in_review,
    make_world,
)
from tests.similar.pairs import source_text

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def make_pair(world: World, *keys: str) -> list[Proposal]:
    """#228 and #229 of the source, each with an opinion of officer1 for one category."""
    pair = []
    for number, key in zip((228, 229), keys, strict=True):
        case = make_in_review(world)
        case.title, case.detail = source_text(number).values()
        db.session.flush()
        give_opinion(world, case, key)
        pair.append(case)
    return pair


def confirm(case: Proposal, world: World, *compared_with: str, by: str = "officer2") -> None:
    opinion = open_assessment(case)
    assert opinion is not None
    command = Confirm(version=case.version, assessment_id=opinion.id, compared_with=compared_with)
    confirm_assessment(case, command, actor=world[by])


def test_other_class_of_a_near_duplicate_stands_with_both_reasons(world: World) -> None:
    first, second = make_pair(world, "f5", "f2")

    found = differences(world["officer2"], first)

    assert [(row.number, row.is_other_class, row.is_other_ministry) for row in found] == [
        (second.reference, True, False)
    ]
    assert [found[0].first_standing.code, found[0].second_standing.code] == ["F-5", "F-2"]
    assert found[0].first_standing.reason == found[0].second_standing.reason == "理由"


def test_same_class_and_ministry_ask_for_nothing(world: World) -> None:
    first, second = make_pair(world, "f5", "f5")

    assert differences(world["officer2"], first) == []
    confirm(first, world)
    confirm(second, world)
    assert (first.state, second.state) == (State.CLASSIFIED, State.CLASSIFIED)


def test_other_ministry_alone_is_a_difference(world: World) -> None:
    first, second = make_pair(world, "f5", "f5")
    first.ministry_id = world["ministry"].organization_id
    second.ministry_id = None
    assert differences(world["officer2"], first) == []

    second.ministry_id = world["officer1"].organization_id

    found = differences(world["officer2"], first)
    assert [(row.is_other_class, row.is_other_ministry) for row in found] == [(False, True)]


def test_difference_must_be_looked_at_and_is_written_down(
    world: World, db_session: Session
) -> None:
    first, second = make_pair(world, "f5", "f2")

    with pytest.raises(InvalidInput) as refused:
        confirm(first, world, "R6-9999")
    before = first.state
    confirm(first, world, second.reference)
    db_session.commit()

    assert list(refused.value.errors) == ["compared_with"]
    assert second.reference in refused.value.errors["compared_with"][0]
    assert (before, first.state) == (State.IN_CONFIRMATION, State.CLASSIFIED)
    changes = db_session.scalars(
        select(AuditEvent.changes).where(AuditEvent.verb == "proposal.confirm")
    ).one()
    assert changes["compared_with"] == [second.reference]


def test_settled_class_is_compared_too(world: World) -> None:
    first, second = make_pair(world, "f5", "f2")
    confirm(second, world, first.reference)

    found = differences(world["officer3"], first)

    assert [row.second_standing[:2] for row in found] == [("F-2", "確定")]


def test_pair_called_no_duplicate_is_not_asked_about(world: World) -> None:
    first, second = make_pair(world, "f5", "f2")
    command = JudgePair(verdict="not_duplicate", note="対象が違う。", version=NO_VERDICT)

    judge_pair(first, second, command, actor=world["officer3"])

    confirm(first, world)
    assert first.state is State.CLASSIFIED


def test_k04_hidden_case_is_neither_shown_nor_asked_about(world: World) -> None:
    first, second = make_pair(world, "f5", "f2")
    declare_conflict(world["officer2"], proposal=second)

    assert differences(world["officer2"], first) == []
    assert differences_of_round(world["officer2"], world.round) == ([], 0)
    confirm(first, world)


def test_k04_what_was_found_beforehand_is_judged_by_what_stands_now(world: World) -> None:
    first, second = make_pair(world, "f5", "f2")
    reader = world["officer2"]
    near = near_ids(reader, first)

    found = [row.number for row in differences(reader, first, near)]
    declare_conflict(reader, proposal=second)
    db.session.flush()
    hidden = differences(reader, first, near)

    assert (near, found, hidden) == (frozenset({second.id}), [second.reference], [])


def test_class_kept_from_the_second_person_is_not_compared(
    world: World, db_session: Session
) -> None:
    make_pair(world, "f5", "f2")
    world.round.is_second_opinion_blind = True
    db_session.flush()

    rows = differences_of_round(world["officer2"], world.round)[0]

    assert [(row.first_standing.code, row.second_standing.code) for row in rows] == [("", "")]
    assert [row.is_different for row in rows] == [False]
    # Their author knows what was said.
    own = differences_of_round(world["officer1"], world.round)[0]
    assert [row.is_different for row in own] == [True]


# --- Pages --------------------------------------------------------------------------------------


def test_page_asks_for_the_tick_and_keeps_what_was_typed(app: Flask, world: World) -> None:
    first, second = make_pair(world, "f5", "f2")
    browser = enter(app, "officer2")
    path = f"/proposals/{first.receipt_number}/confirm"
    opinion = open_assessment(first)
    assert opinion is not None
    typed = {"version": first.version, "assessment_id": opinion.id, "note": "読みました"}

    shown = browser.get(path)
    refused = browser.post(path, data=typed)
    done = browser.post(path, data={**typed, "compared_with": second.receipt_number})

    assert "確認前の点検" in shown.text
    assert f'name="compared_with" value="{second.receipt_number}"' in shown.text
    words = [unescape(row) for row in re.findall(r"＊(.*?)</p>", refused.text)]
    assert (refused.status_code, len(words)) == (422, 1)
    assert words[0].startswith(f"{second.receipt_number}との違いを読み")
    assert "読みました</textarea>" in refused.text
    assert done.status_code == 302


def test_page_without_a_difference_asks_for_nothing(app: Flask, world: World) -> None:
    first, _ = make_pair(world, "f5", "f5")

    page = enter(app, "officer2").get(f"/proposals/{first.receipt_number}/confirm")

    assert (page.status_code, "確認前の点検" in page.text) == (200, False)


def test_list_has_the_differing_pairs_first(app: Flask, world: World) -> None:
    make_pair(world, "f5", "f5")
    make_pair(world, "f2", "f2")

    page = enter(app, "officer2").get("/triage/near-duplicates")

    rows = re.findall(r"<tr>.*?</tr>", page.text, re.DOTALL)[1:]
    told = ["分類が違う" in row for row in rows]
    assert page.status_code == 200
    assert told == sorted(told, reverse=True)
    assert (len(told), sum(told)) == (6, 4)


def test_empty_list_says_so(app: Flask, world: World) -> None:
    page = enter(app, "auditor").get("/triage/near-duplicates")

    assert (page.status_code, "ほぼ同じ提案の組はありません" in page.text) == (200, True)
