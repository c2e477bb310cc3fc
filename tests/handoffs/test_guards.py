"""What hand-offs keep a case from (送付が妨げる操作), and classifying anew (仕分け直し)."""

import pytest
from sqlalchemy.orm import Session

from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.handoffs.lifecycle import move_handoff
from app.handoffs.services.reclassify import (
    Decided,
    Fate,
    ReclassifyHandedOff,
    reclassify_handed_off,
)
from app.lineage.services.merging import MergeCases, SeenCase, merge_cases
from app.triage.services.settle import Close, Reclassify, close, reclassify
from app.triage.services.withdraw import Withdraw, withdraw
from app.workflow.handoffs import OPEN_HANDOFF_STATES, HandoffAction, HandoffPart, HandoffState
from app.workflow.states import State
from tests.factories import World, make_classified, make_handoff, make_submitted, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


@pytest.mark.parametrize("state", list(HandoffState))
def test_case_closes_only_when_its_hand_offs_are_over(world: World, state: HandoffState) -> None:
    proposal = make_classified(world)
    make_handoff(world, proposal, state=state)
    command = Close(version=proposal.version, outcome_text="結果です。")

    if state in OPEN_HANDOFF_STATES:
        with pytest.raises(IllegalTransition):
            close(proposal, command, actor=world["lead"])
    else:
        close(proposal, command, actor=world["lead"])

    is_open = state in OPEN_HANDOFF_STATES
    assert proposal.state is (State.CLASSIFIED if is_open else State.CLOSED)


def test_handed_off_case_is_neither_reclassified_nor_merged_as_if_it_were_not(
    world: World,
) -> None:
    proposal, other = make_classified(world), make_submitted(world)
    make_handoff(world, proposal)

    with pytest.raises(IllegalTransition):
        reclassify(
            proposal, Reclassify(version=proposal.version, reason="再考"), actor=world["lead"]
        )
    for target, absorbed in ((proposal, other), (other, proposal)):
        command = MergeCases(
            version=target.version, absorbed=(SeenCase(absorbed, absorbed.version),), reason="同じ"
        )
        with pytest.raises((IllegalTransition, InvalidInput)):
            merge_cases(target, command, actor=world["lead"])

    assert (proposal.state, other.state) == (State.CLASSIFIED, State.SUBMITTED)


def test_reclassifying_decides_on_each_hand_off(world: World) -> None:
    proposal = make_classified(world)
    kept = make_handoff(world, proposal, state=HandoffState.ANSWERED)
    recalled = make_handoff(
        world, proposal, to=world["digital"].organization, part=HandoffPart.RELATED
    )
    all_kept = (
        Decided(kept.id, kept.version, Fate.KEEP),
        Decided(recalled.id, recalled.version, Fate.RECALL),
    )

    def command(decided: tuple[Decided, ...]) -> ReclassifyHandedOff:
        return ReclassifyHandedOff(version=proposal.version, reason="再考", decided=decided)

    with pytest.raises(InvalidInput) as undecided:
        reclassify_handed_off(proposal, command(all_kept[:1]), actor=world["lead"])
    with pytest.raises(InvalidInput) as answered:
        reclassify_handed_off(
            proposal,
            command((Decided(kept.id, kept.version, Fate.RECALL), all_kept[1])),
            actor=world["lead"],
        )
    with pytest.raises(StaleVersion):
        reclassify_handed_off(
            proposal, command((Decided(kept.id, 0, Fate.KEEP), all_kept[1])), actor=world["lead"]
        )
    reclassify_handed_off(proposal, command(all_kept), actor=world["lead"])

    assert list(undecided.value.errors) == [f"fate_{recalled.id}"]
    assert list(answered.value.errors) == [f"fate_{kept.id}"]
    assert proposal.state is State.IN_REVIEW
    assert (kept.state, recalled.state) == (HandoffState.ANSWERED, HandoffState.RECALLED)
    with pytest.raises(IllegalTransition):
        move_handoff(kept, HandoffAction.SETTLE, actor=world["officer1"])


def test_withdrawal_while_classified_anew_recalls_what_was_kept(world: World) -> None:
    proposal = make_classified(world)
    kept = make_handoff(world, proposal)
    command = ReclassifyHandedOff(
        version=proposal.version,
        reason="再考",
        decided=(Decided(kept.id, kept.version, Fate.KEEP),),
    )
    reclassify_handed_off(proposal, command, actor=world["lead"])

    withdraw(
        proposal, Withdraw(version=proposal.version, reason="予算が付いた"), actor=world["city-mgr"]
    )

    assert (proposal.state, kept.state) == (State.WITHDRAWN, HandoffState.RECALLED)
