"""Pending (ペンディング): a reason, a date to come, and no category lost."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput
from app.proposals.models import Proposal
from app.triage.queries import assessments_of, conflicts_with
from app.triage.services.pending import (
    Hold,
    Resume,
    hold,
    is_on_closed_day,
    possible_owners,
    resume,
)
from app.workflow.states import State
from tests.factories import (
    World,
    declare_conflict,
    make_in_confirmation,
    make_in_review,
    make_merged,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(clock.jst(2024, 8, 27, 10)):
        yield make_world()


def put_off(world: World, proposal: Proposal, **fields: Any) -> None:
    values = {"reason": "調査を待つ", "revisit_on": date(2024, 10, 1)} | fields
    hold(proposal, Hold(version=proposal.version, **values), actor=world["officer2"])


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"reason": "　"}, {"reason": ["ペンディングにする理由を入力してください"]}),
        ({"revisit_on": None}, {"revisit_on": ["見直し日を入力してください"]}),
        (
            {"revisit_on": date(2024, 8, 27)},
            {"revisit_on": ["見直し日は、明日以降の日付にしてください"]},
        ),
        (
            {"revisit_on": date(2028, 1, 4)},
            {"revisit_on": ["見直し日は、祝日が決まっている2027年までの日付にしてください"]},
        ),
        ({"category_key": "f9"}, {"category_key": ["暫定の分類を一覧から選んでください"]}),
    ],
)
def test_hold_without_reason_or_date_to_come_is_refused(
    world: World, fields: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    proposal = make_in_review(world)

    with pytest.raises(InvalidInput) as refused:
        put_off(world, proposal, **fields)

    assert refused.value.errors == errors
    assert proposal.state is State.IN_REVIEW


def test_tomorrow_is_the_first_revisit_date(world: World) -> None:
    proposal = make_in_review(world)

    put_off(world, proposal, revisit_on=date(2024, 8, 28))

    assert (proposal.state, proposal.due_on) == (State.PENDING, date(2024, 8, 28))


def test_named_category_is_provisional_and_no_category(world: World) -> None:
    proposal = make_in_review(world)

    put_off(world, proposal, category_key="f2")

    assert proposal.provisional_category is not None
    assert (proposal.provisional_category.key, proposal.category) == ("f2", None)


def test_waiting_opinion_is_kept_as_provisional_category(world: World) -> None:
    proposal = make_in_confirmation(world)

    put_off(world, proposal)

    assert proposal.provisional_category is not None
    assert proposal.provisional_category.key == "f5"
    assert [row.status for row in assessments_of(proposal)] == ["superseded"]


def test_provisional_category_stays_after_resume(world: World) -> None:
    proposal = make_in_review(world)
    put_off(world, proposal, category_key="f2")

    resume(proposal, Resume(version=proposal.version), actor=world["lead"])

    assert proposal.provisional_category is not None
    assert (proposal.state, proposal.provisional_category.key) == (State.IN_REVIEW, "f2")


@pytest.mark.usefixtures("db_session")
@pytest.mark.parametrize(
    ("day", "is_closed"),
    [(date(2024, 9, 16), True), (date(2024, 9, 14), True), (date(2024, 9, 17), False)],
)
def test_closed_day_is_worth_a_warning(day: date, is_closed: bool) -> None:
    assert is_on_closed_day(day) is is_closed


def test_conflict_with_a_case_that_went_in_holds_for_the_case_it_went_into(world: World) -> None:
    absorbed = make_merged(world)
    target = absorbed.merged_into
    assert target is not None
    before = {user.login for user in possible_owners(target)}

    declare_conflict(world["officer1"], proposal=absorbed)

    assert list(conflicts_with(target)) == [world["officer1"].id]
    assert {user.login for user in possible_owners(target)} == before - {"officer1"}
