"""Marking duplicates (重複の印): a relation, nothing else changes."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.lineage.queries import duplicates_of
from app.lineage.services.duplicates import (
    MarkDuplicate,
    UnmarkDuplicate,
    mark_duplicate,
    unmark_duplicate,
)
from app.proposals.models import Proposal
from app.workflow.states import State
from tests.factories import World, declare_conflict, make_submitted, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def mark(world: World, case: Proposal, other: Proposal, by: str = "officer1") -> None:
    command = MarkDuplicate(version=case.version, duplicate_of=other, reason="同じシステム")
    mark_duplicate(case, command, actor=world[by])


def test_mark_stands_on_both_cases_and_both_go_on(world: World, db_session: Session) -> None:
    first, second = make_submitted(world), make_submitted(world)

    mark(world, second, first)
    db_session.commit()

    for case in (first, second):
        (found,) = duplicates_of(case, world["officer2"])
        assert (found.proposal, found.duplicate_of) == (second, first)
        assert case.state is State.SUBMITTED
    trail = db_session.execute(
        select(AuditEvent.subject_id, AuditEvent.changes).where(
            AuditEvent.verb == "proposal.mark_duplicate"
        )
    ).all()
    assert trail == [
        (second.id, {"other_case": "R6-0001"}),
        (first.id, {"other_case": "R6-0002"}),
    ]


def test_mark_is_taken_back_and_can_be_set_again(world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)
    mark(world, second, first)
    (found,) = duplicates_of(first, world["lead"])

    command = UnmarkDuplicate(version=first.version, reason="別のシステム")
    unmark_duplicate(first, found, command, actor=world["lead"])
    left = duplicates_of(second, world["lead"])
    mark(world, first, second)

    assert left == []
    assert len(duplicates_of(second, world["lead"])) == 1


def test_mark_taken_back_from_the_other_case_meanwhile_is_told_so(world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)
    mark(world, second, first)
    (found,) = duplicates_of(first, world["lead"])
    command = UnmarkDuplicate(version=first.version, reason="別のシステム")
    unmark_duplicate(first, found, command, actor=world["lead"])

    with pytest.raises(IllegalTransition, match="すでに取り消されています"):
        unmark_duplicate(
            second,
            found,
            UnmarkDuplicate(version=second.version, reason="こちらからも"),
            actor=world["officer1"],
        )

    assert (found.undone_by_id, found.undo_reason) == (world["lead"].id, "別のシステム")


def test_same_pair_is_marked_once_whichever_way(world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)
    mark(world, second, first)

    for case, other in ((second, first), (first, second), (first, first)):
        with pytest.raises(InvalidInput):
            mark(world, case, other)


def test_conflict_with_one_side_hides_the_mark_and_stops_the_marking(world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)
    mark(world, second, first)
    declare_conflict(world["officer2"], proposal=second)

    with pytest.raises(NotAllowed):
        mark(world, first, second, by="officer2")

    assert duplicates_of(first, world["officer2"]) == []
