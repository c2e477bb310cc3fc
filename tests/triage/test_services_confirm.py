"""The second person's word (二次確認・異議): on the very opinion that was looked at."""

import pytest
from sqlalchemy.orm import Session

from app.core.errors import IllegalTransition, InvalidInput
from app.triage.queries import assessments_of, awaits_lead, current_assignments
from app.triage.services.assess import Assess, assess
from app.triage.services.confirm import (
    Confirm,
    Dispute,
    confirm_assessment,
    dispute_assessment,
)
from app.triage.services.settle import Reclassify, reclassify
from app.workflow.states import State
from tests.factories import World, give_opinion, make_classified, make_in_review, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def test_confirmation_settles_the_category_and_ends_the_assignment(world: World) -> None:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal, key="f2")

    command = Confirm(version=proposal.version, assessment_id=opinion.id, note="同じ意見です。")
    confirm_assessment(proposal, command, actor=world["officer2"])

    assert opinion.decision is not None
    assert (opinion.status, opinion.decision.kind, opinion.decision.note) == (
        "confirmed",
        "confirm",
        "同じ意見です。",
    )
    assert (proposal.state_name, current_assignments(proposal)) == ("classified_f2", [])


def test_confirmation_of_another_opinion_than_the_waiting_one_is_refused(world: World) -> None:
    proposal = make_in_review(world)
    other_id = give_opinion(world, proposal).id + 1
    command = Confirm(version=proposal.version, assessment_id=other_id)

    with pytest.raises(IllegalTransition, match="開いたときと変わっています"):
        confirm_assessment(proposal, command, actor=world["officer2"])

    assert proposal.state is State.IN_CONFIRMATION


def test_dispute_of_another_opinion_than_the_waiting_one_is_refused(world: World) -> None:
    proposal = make_in_review(world)
    other_id = give_opinion(world, proposal).id + 1
    command = Dispute(
        version=proposal.version, assessment_id=other_id, category_key="f2", reason="理由"
    )

    with pytest.raises(IllegalTransition, match="開いたときと変わっています"):
        dispute_assessment(proposal, command, actor=world["officer2"])

    assert proposal.state is State.IN_CONFIRMATION


def test_dispute_keeps_both_categories(world: World) -> None:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal, key="f5")

    command = Dispute(
        version=proposal.version, assessment_id=opinion.id, category_key="f2", reason="時期尚早"
    )
    dispute_assessment(proposal, command, actor=world["officer2"])

    assert opinion.decision is not None
    assert opinion.decision.category is not None
    assert (opinion.status, opinion.category.key, opinion.decision.category.key) == (
        "disputed",
        "f5",
        "f2",
    )
    assert [row.reviewer.login for row in current_assignments(proposal)] == ["officer1"]


@pytest.mark.parametrize(
    ("category_key", "reason", "errors"),
    [
        ("", "理由", {"category_key": ["適当と考える分類を選んでください"]}),
        (
            "f5",
            "理由",
            {"category_key": ["意見と同じ分類です。異議には、別の分類を選んでください"]},
        ),
        ("f2", " ", {"reason": ["異議の理由を入力してください"]}),
    ],
)
def test_dispute_needs_another_category_and_a_reason(
    world: World, category_key: str, reason: str, errors: dict[str, list[str]]
) -> None:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal, key="f5")

    command = Dispute(
        version=proposal.version,
        assessment_id=opinion.id,
        category_key=category_key,
        reason=reason,
    )
    with pytest.raises(InvalidInput) as refused:
        dispute_assessment(proposal, command, actor=world["officer2"])

    assert refused.value.errors == errors
    assert (proposal.state, opinion.status) == (State.IN_CONFIRMATION, "open")


def test_disputes_before_the_last_settlement_do_not_count(world: World) -> None:
    proposal = make_in_review(world)
    for category_key in ("f2", "f2"):
        opinion = give_opinion(world, proposal, key="f5")
        dispute = Dispute(
            version=proposal.version,
            assessment_id=opinion.id,
            category_key=category_key,
            reason="理由",
        )
        dispute_assessment(proposal, dispute, actor=world["officer2"])
    awaited = awaits_lead(proposal)
    decision = Assess(version=proposal.version, category_key="f2", reason="総括の決定")
    assess(proposal, decision, actor=world["lead"])

    again = Reclassify(version=proposal.version, reason="新しい資料が出たため")
    reclassify(proposal, again, actor=world["lead"])

    assert (awaited, awaits_lead(proposal)) == (True, False)


def test_every_opinion_stays(world: World) -> None:
    proposal = make_classified(world)
    again = Reclassify(version=proposal.version, reason="誤りがあったため")

    reclassify(proposal, again, actor=world["lead"])

    assert [(row.category.key, row.status) for row in assessments_of(proposal)] == [
        ("f5", "confirmed")
    ]
    assert proposal.provisional_category is not None
    assert proposal.provisional_category.key == "f5"
