"""Merging cases and taking them out again (統合・統合の取消し)."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.lineage.services.merging import (
    MergeCases,
    SeenCase,
    UndoMerge,
    merge_cases,
    undo_merge,
)
from app.proposals.clocks import running_clock
from app.proposals.models import Proposal
from app.triage.models import AssessmentStatus
from app.triage.queries import current_assignments, open_assessment
from app.triage.services.settle import Close, close
from app.triage.services.withdraw import Withdraw, withdraw
from app.triage.worklist import my_work
from app.workflow.states import State
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_closed,
    make_in_confirmation,
    make_in_review,
    make_in_state,
    make_merged,
    make_pending,
    make_returned,
    make_submitted,
    make_world,
)

MERGEABLE = [
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
    State.CLASSIFIED,
]


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def merge(target: Proposal, *absorbed: Proposal, world: World, by: str = "lead") -> None:
    command = MergeCases(
        version=target.version,
        absorbed=tuple(SeenCase(case, case.version) for case in absorbed),
        reason="同じ内容のため",
    )
    merge_cases(target, command, actor=world[by])


def undo(absorbed: Proposal, world: World, by: str = "lead") -> None:
    command = UndoMerge(version=absorbed.version, reason="別の業務と分かったため")
    undo_merge(absorbed, command, actor=world[by])


def standing(case: Proposal) -> tuple[object, ...]:
    running = running_clock(case)
    opinion = open_assessment(case)
    return (
        case.state_name,
        case.state_since,
        case.due_on,
        running.term if running else None,
        [row.reviewer_id for row in current_assignments(case)],
        opinion.id if opinion else None,
    )


@pytest.mark.parametrize("state", MERGEABLE)
def test_c4_undoing_a_merge_restores_the_case_exactly(world: World, state: State) -> None:
    target, absorbed = make_in_review(world), make_in_state(world, state)
    text, number = absorbed.detail, absorbed.receipt_number
    before, target_before = standing(absorbed), standing(target)

    merge(target, absorbed, world=world)
    merged = standing(absorbed)
    undo(absorbed, world)

    assert (merged[0], *merged[2:]) == ("merged", None, None, [], None)
    assert standing(absorbed) == before
    assert standing(target) == target_before
    assert (absorbed.detail, absorbed.receipt_number, absorbed.merged_into_id) == (
        text,
        number,
        None,
    )


def test_merged_case_goes_on_with_the_days_it_had_left(world: World) -> None:
    target, absorbed = make_in_review(world), make_in_review(world)
    due_on = absorbed.due_on
    assert due_on is not None
    merge(target, absorbed, world=world)

    later = clock.now() + timedelta(days=14)
    with clock.at(later):
        undo(absorbed, world)

    rest = DEFAULT_CALENDAR.office_days_between(clock.today(), clock.to_jst(later).date())
    assert absorbed.due_on == DEFAULT_CALENDAR.add_office_days(due_on, rest)


def test_revisit_date_of_a_pending_case_stays_as_announced(world: World) -> None:
    target, absorbed = make_in_review(world), make_pending(world)
    due_on = absorbed.due_on
    merge(target, absorbed, world=world)

    with clock.at(clock.now() + timedelta(days=14)):
        undo(absorbed, world)

    assert absorbed.due_on == due_on


def test_merge_sets_the_waiting_opinion_aside_and_empties_the_queue(world: World) -> None:
    target, absorbed = make_in_review(world), make_in_confirmation(world)
    opinion = open_assessment(absorbed)
    assert opinion is not None

    merge(target, absorbed, world=world)

    assert opinion.status is AssessmentStatus.SUPERSEDED
    assert [item.proposal for item in my_work(world["officer2"])] == []
    assert [item.proposal for item in my_work(world["officer1"])] == [target]


def test_every_act_on_a_merged_case_is_refused_in_words(world: World) -> None:
    absorbed = make_merged(world)

    with pytest.raises(IllegalTransition) as refused:
        close(absorbed, Close(version=absorbed.version, outcome_text="結果"), actor=world["lead"])

    assert refused.value.message == (
        "R6-0001はR6-0002に統合されています。操作はR6-0002で行ってください。"
        "別々に仕分けるときは、R6-0001の画面で統合を取り消してください。"
    )


@pytest.mark.parametrize("side", ["absorbed", "target"])
def test_body_cannot_withdraw_and_does_not_learn_of_the_other_case(world: World, side: str) -> None:
    absorbed = make_merged(world)
    assert absorbed.merged_into is not None
    case = absorbed if side == "absorbed" else absorbed.merged_into

    with pytest.raises(IllegalTransition) as refused:
        withdraw(case, Withdraw(version=case.version, reason="取下げ"), actor=world["city-mgr"])

    assert refused.value.message == (
        "この提案は事務局で取扱い中のため、画面からは操作できません。事務局に連絡してください。"
    )


# --- Who, and which cases -------------------------------------------------------------------------


def test_more_than_two_cases_are_for_a_lead(world: World) -> None:
    first, second, third = (make_submitted(world) for _ in range(3))

    with pytest.raises(NotAllowed):
        merge(first, second, third, world=world, by="officer1")
    merge(first, second, world=world, by="officer1")
    with pytest.raises(NotAllowed):
        merge(first, third, world=world, by="officer1")
    merge(first, third, world=world, by="lead")

    assert {second.merged_into_id, third.merged_into_id} == {first.id}


def test_classified_case_is_merged_by_a_lead_alone(world: World) -> None:
    target, absorbed = make_in_review(world), make_classified(world)

    with pytest.raises(NotAllowed):
        merge(target, absorbed, world=world, by="officer1")


@pytest.mark.parametrize("login", ["auditor", "admin", "city-mgr"])
def test_nobody_else_merges(world: World, login: str) -> None:
    first, second = make_submitted(world), make_submitted(world)

    with pytest.raises(NotAllowed):
        merge(first, second, world=world, by=login)


def test_conflict_with_either_case_stops_the_merge(world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)
    declare_conflict(world["officer1"], proposal=second)

    with pytest.raises(NotAllowed):
        merge(first, second, world=world, by="officer1")


def test_cases_that_cannot_go_there_are_named_all_at_once(world: World) -> None:
    target, returned, closed = (
        make_submitted(world),
        make_returned(world),
        make_closed(world),
    )
    holds_another = make_merged(world).merged_into
    assert holds_another is not None

    with pytest.raises(InvalidInput) as refused:
        merge(target, target, returned, closed, holds_another, world=world)

    assert refused.value.errors["numbers"] == [
        "R6-0001は統合先と同じ提案です。別の提案の番号を入力してください",
        "R6-0002は差戻し中のため統合できません。再提出を待ってください",
        "R6-0003は終了のため統合できません。先に総括が終了を取り消してください",
        "R6-0005にはR6-0004が統合されています。その統合を取り消してから選んでください",
    ]


def test_closed_case_takes_none_in(world: World) -> None:
    target, absorbed = make_closed(world), make_submitted(world)

    with pytest.raises(IllegalTransition) as refused:
        merge(target, absorbed, world=world)

    assert refused.value.message == (
        "R6-0001は終了のため、ほかの提案を統合できません。先に総括が終了を取り消してください。"
    )


def test_p05_merge_made_from_an_older_version_of_either_is_refused(world: World) -> None:
    target, absorbed = make_submitted(world), make_submitted(world)
    command = MergeCases(
        version=target.version,
        absorbed=(SeenCase(absorbed, absorbed.version - 1),),
        reason="同じ",
    )

    with pytest.raises(StaleVersion):
        merge_cases(target, command, actor=world["lead"])


def test_one_case_that_cannot_go_leaves_all_as_they_were(world: World, db_session: Session) -> None:
    target, fine, returned = make_submitted(world), make_submitted(world), make_returned(world)
    db_session.commit()

    with pytest.raises(InvalidInput), unit_of_work():
        merge(target, fine, returned, world=world)

    assert (fine.state, fine.merged_into_id) == (State.SUBMITTED, None)


# --- Undoing --------------------------------------------------------------------------------------


def test_merge_whose_result_was_told_cannot_be_undone(world: World) -> None:
    target, absorbed = make_classified(world), make_submitted(world)
    merge(target, absorbed, world=world)
    close(target, Close(version=target.version, outcome_text="結果"), actor=world["lead"])

    with pytest.raises(IllegalTransition) as refused:
        undo(absorbed, world)

    assert refused.value.message == (
        "R6-0001は終了し、結果をR6-0002の団体にも知らせたため、統合を取り消せません。"
        "先に総括が終了を取り消してください。"
    )


def test_merge_of_years_ago_cannot_be_undone(world: World) -> None:
    absorbed = make_merged(world)

    with clock.at(clock.now() + timedelta(days=366)), pytest.raises(IllegalTransition) as refused:
        undo(absorbed, world)

    assert refused.value.message == (
        "統合から365日を過ぎたため、取り消せません。"
        "この間の報告は、この扱いで出ています。このまま扱ってください。"
    )


def test_reviewer_with_a_conflict_by_now_does_not_get_the_case_back(world: World) -> None:
    target, absorbed = make_submitted(world), make_in_review(world, reviewer="officer1")
    merge(target, absorbed, world=world)
    declare_conflict(world["officer1"], proposal=absorbed)

    undo(absorbed, world)

    assert (absorbed.state, current_assignments(absorbed)) == (State.IN_REVIEW, [])


def test_merge_and_undoing_leave_a_trace_on_both_cases(world: World, db_session: Session) -> None:
    target, absorbed = make_submitted(world), make_submitted(world)
    merge(target, absorbed, world=world)
    undo(absorbed, world)
    db_session.commit()

    trail = db_session.execute(
        select(AuditEvent.verb, AuditEvent.subject_id, AuditEvent.from_state, AuditEvent.to_state)
        .order_by(AuditEvent.seq.desc())
        .limit(4)
    ).all()

    assert trail[::-1] == [
        ("proposal.merge", absorbed.id, "submitted", "merged"),
        ("proposal.absorb", target.id, None, None),
        ("proposal.unmerge", absorbed.id, "merged", "submitted"),
        ("proposal.release", target.id, None, None),
    ]
