"""Opinions (仕分け意見): category, reason, evidence; nothing is overwritten."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.proposals.models import Proposal
from app.rounds.services import NewCategory, add_category
from app.triage.models import Assessment, AssessmentStatus
from app.triage.queries import assessments_of, current_assignments
from app.triage.services.assess import Assess, Evidence, assess
from app.workflow.states import FollowUp, State
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_in_confirmation,
    make_in_review,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def opine(world: World, proposal: Proposal, **fields: Any) -> Assessment:
    values = {"category_key": "f5", "reason": "理由"} | fields
    return assess(proposal, Assess(version=proposal.version, **values), actor=world["officer1"])


def test_opinion_keeps_reason_answers_and_evidence(world: World) -> None:
    proposal = make_in_review(world)
    evidence = (Evidence(register_entry_id=world.entry.id, quote="鍵の貸出し"),)
    answers = {"common_system": "no", "bodies": "some"}

    opinion = opine(world, proposal, category_key="core20", evidence=evidence, answers=answers)

    assert (opinion.author_id, opinion.category.key, opinion.status) == (
        world["officer1"].id,
        "core20",
        AssessmentStatus.OPEN,
    )
    assert (opinion.reason, opinion.answers) == ("理由", answers)
    assert [(row.register_entry_id, row.quote) for row in opinion.evidence] == [
        (world.entry.id, "鍵の貸出し")
    ]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"category_key": "f9"}, {"category_key": ["分類を選んでください"]}),
        ({"category_key": ""}, {"category_key": ["分類を選んでください"]}),
        ({"reason": "　\n"}, {"reason": ["分類の理由を入力してください"]}),
        (
            {"category_key": "types"},
            {"evidence": ["分類Aには、根拠となる台帳の行を1つ以上選んでください"]},
        ),
        (
            {"evidence": (Evidence(register_entry_id=10_000),)},
            {"evidence": ["根拠を台帳の一覧から選んでください"]},
        ),
    ],
)
def test_incomplete_opinion_is_refused(
    world: World, fields: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    proposal = make_in_review(world)

    with pytest.raises(InvalidInput) as refused:
        opine(world, proposal, **fields)

    assert refused.value.errors == errors
    assert (proposal.state, assessments_of(proposal)) == (State.IN_REVIEW, [])


def test_same_row_cited_twice_is_refused(world: World) -> None:
    proposal = make_in_review(world)
    row = Evidence(register_entry_id=world.entry.id)

    with pytest.raises(InvalidInput):
        opine(world, proposal, evidence=(row, row))


@pytest.mark.parametrize(("day", "is_taken"), [(date(2024, 9, 1), False), (None, True)])
def test_category_can_be_chosen_from_its_first_day(
    world: World, day: date | None, is_taken: bool
) -> None:
    with clock.at(clock.jst(2024, 8, 27)):
        row = NewCategory(
            code="F-7",
            key="f7",
            label="新しい分類",
            short_label="新",
            response_policy="見直し",
            follow_up=FollowUp.REVISIT,
            is_evidence_required=False,
            available_from=day,
        )
        add_category(world.round.scheme, row, actor=world["admin"])
        world.round.opens_at = clock.jst(2024, 8, 5)
        proposal = make_in_review(world)

        if is_taken:
            opine(world, proposal, category_key="f7")
        else:
            with pytest.raises(InvalidInput):
                opine(world, proposal, category_key="f7")

    assert (proposal.state is State.IN_CONFIRMATION) is is_taken


def test_one_reviewer_is_enough_where_the_round_says_so(world: World) -> None:
    world.round.reviewers_required = 1
    proposal = make_in_review(world)

    opinion = opine(world, proposal)

    assert (opinion.status, proposal.state_name) == (AssessmentStatus.CONFIRMED, "classified_f5")
    assert current_assignments(proposal) == []


def test_officer_who_declared_a_conflict_later_cannot_give_the_opinion(world: World) -> None:
    proposal = make_in_review(world)
    declare_conflict(world["officer1"], proposal=proposal)

    with pytest.raises(NotAllowed):
        give_opinion(world, proposal)


def test_database_refuses_two_waiting_opinions(world: World, db_session: Session) -> None:
    proposal = make_in_confirmation(world)
    (waiting,) = assessments_of(proposal)
    db_session.add(
        Assessment(
            proposal_id=proposal.id,
            author_id=world["officer2"].id,
            category_id=waiting.category_id,
            reason="理由",
            answers={},
            status=AssessmentStatus.OPEN,
            created_at=clock.now(),
        )
    )

    with pytest.raises(IntegrityError):
        db_session.flush()
