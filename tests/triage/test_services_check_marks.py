"""Marks of the checklist (確認の印): what they say, who may make them, two officers at once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal
from app.rounds.models import FormCheckItem
from app.triage.checklist import CheckLine, LineState, checklist_of
from app.triage.models import CheckVerdict, FormCheckMark
from app.triage.queries import marks_of
from app.triage.services.check_marks import Mark, MarkLines, TakeOver, mark_lines, take_over
from app.triage.services.form_check import Accept, accept
from app.workflow.states import State
from tests.factories import (
    World,
    check_off,
    declare_conflict,
    interrupted,
    make_accepted,
    make_submitted,
)
from tests.triage.resubmitting import make_resubmitted


def by_hand(proposal: Proposal) -> list[CheckLine]:
    return [line for line in checklist_of(proposal) if not line.is_automatic]


def line_of(proposal: Proposal, key: str) -> CheckLine:
    return next(line for line in checklist_of(proposal) if line.key == key)


def mark(
    world: World,
    proposal: Proposal,
    line: CheckLine,
    verdict: CheckVerdict | None,
    reason: str = "",
    by: str = "officer1",
) -> list[FormCheckMark]:
    version = line.mark.version if line.mark else 0
    made = Mark(item=line.key, verdict=verdict, reason=reason, version=version)
    command = MarkLines(version=proposal.version, marks=(made,))
    return mark_lines(proposal, command, actor=world[by])


def last_entry(session: Session) -> AuditEvent:
    return session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()


def test_new_submission_has_every_line_by_hand_open(world: World) -> None:
    proposal = make_submitted(world)

    lines = checklist_of(proposal)

    assert {line.state for line in lines if line.is_automatic} == {LineState.OK}
    assert [line.state for line in lines if not line.is_automatic] == [LineState.OPEN] * 6


def test_mark_says_who_and_what_and_leaves_one_entry(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    line = by_hand(proposal)[0]
    db_session.commit()

    with unit_of_work():
        mark(world, proposal, line, CheckVerdict.WAIVED, "電話で確かめた")

    [kept] = marks_of(proposal, [1])
    assert (kept.verdict, kept.reason, kept.marked_by) == (
        CheckVerdict.WAIVED,
        "電話で確かめた",
        world["officer1"],
    )
    entry = last_entry(db_session)
    assert (entry.verb, entry.changes, entry.reason) == (
        "proposal.mark_form_check",
        {"marks": {line.key: "waived"}},
        f"{line.label}：電話で確かめた",
    )


def test_marking_leaves_the_version_of_the_case(world: World) -> None:
    proposal = make_submitted(world)
    version = proposal.version

    mark(world, proposal, by_hand(proposal)[0], CheckVerdict.OK)

    assert proposal.version == version


def test_same_mark_again_changes_nothing(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    line = by_hand(proposal)[0]
    mark(world, proposal, line, CheckVerdict.OK)

    # The page still shows the version from before the first saving.
    again = mark(world, proposal, line, CheckVerdict.OK, by="officer2")

    assert again == []
    assert marks_of(proposal, [1])[0].marked_by == world["officer1"]


def test_two_officers_may_mark_different_lines(world: World) -> None:
    proposal = make_submitted(world)
    first, second, *_ = by_hand(proposal)

    mark(world, proposal, first, CheckVerdict.OK, by="officer1")
    mark(world, proposal, second, CheckVerdict.PROBLEM, "業務名がない", by="officer2")

    assert [line.state for line in by_hand(proposal)[:2]] == [LineState.OK, LineState.PROBLEM]


def test_second_officer_on_the_same_line_is_told(world: World) -> None:
    proposal = make_submitted(world)
    seen_by_both = by_hand(proposal)[0]
    mark(world, proposal, seen_by_both, CheckVerdict.PROBLEM, "業務名がない", by="officer1")

    with pytest.raises(StaleVersion) as refused:
        mark(world, proposal, seen_by_both, CheckVerdict.OK, by="officer2")

    assert refused.value.message.startswith("ほかの人が先に同じ確認項目に印を付けた")
    assert by_hand(proposal)[0].state is LineState.PROBLEM


@pytest.mark.parametrize(
    ("verdict", "reason", "words"),
    [
        (CheckVerdict.WAIVED, "　", "を免除する理由を入力してください"),
        (None, "気付いたこと", "の結果を選んでください"),
        (CheckVerdict.PROBLEM, "長" * 2001, "の理由は2,000文字以内で入力してください"),
    ],
)
def test_mark_that_says_too_little_or_too_much_is_refused(
    world: World, verdict: CheckVerdict | None, reason: str, words: str
) -> None:
    proposal = make_submitted(world)
    line = by_hand(proposal)[0]

    with pytest.raises(InvalidInput) as refused:
        mark(world, proposal, line, verdict, reason)

    assert refused.value.errors == {line.key: [f"「{line.label}」{words}"]}
    assert marks_of(proposal, [1]) == []


def test_automatic_line_can_only_be_waived(world: World) -> None:
    proposal = make_submitted(world)
    proposal.title = "長" * 101
    line = line_of(proposal, "field:title")

    with pytest.raises(InvalidInput):
        mark(world, proposal, line, CheckVerdict.OK)
    mark(world, proposal, line, CheckVerdict.WAIVED, "正式な名称が長いため")

    assert line_of(proposal, "field:title").state is LineState.WAIVED


def test_waiver_can_be_taken_back(world: World) -> None:
    proposal = make_submitted(world)
    proposal.title = "長" * 101
    mark(world, proposal, line_of(proposal, "field:title"), CheckVerdict.WAIVED, "理由")

    mark(world, proposal, line_of(proposal, "field:title"), None)

    assert line_of(proposal, "field:title").state is LineState.PROBLEM


def test_mark_of_an_unknown_line_is_refused(world: World) -> None:
    proposal = make_submitted(world)
    command = MarkLines(
        version=proposal.version, marks=(Mark(item="item:999999", verdict=CheckVerdict.OK),)
    )

    with pytest.raises(IllegalTransition):
        mark_lines(proposal, command, actor=world["officer1"])


@pytest.mark.parametrize("login", ["city-mgr", "auditor", "admin", "ministry", "observer"])
def test_only_officers_and_leads_mark(world: World, login: str) -> None:
    proposal = make_submitted(world)

    with pytest.raises(NotAllowed):
        mark(world, proposal, by_hand(proposal)[0], CheckVerdict.OK, by=login)


def test_conflicted_officer_does_not_mark(world: World) -> None:
    proposal = make_submitted(world)
    declare_conflict(world["officer1"], proposal=proposal)

    with pytest.raises(NotAllowed):
        mark(world, proposal, by_hand(proposal)[0], CheckVerdict.OK)


def test_accepted_case_is_marked_no_more(world: World) -> None:
    proposal = make_accepted(world)

    with pytest.raises(IllegalTransition):
        mark(world, proposal, by_hand(proposal)[0], CheckVerdict.PROBLEM, "遅い")


def test_interrupted_marking_keeps_nothing(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    line = by_hand(proposal)[0]
    db_session.commit()

    with pytest.raises(RuntimeError):
        interrupted(lambda: mark(world, proposal, line, CheckVerdict.OK))

    assert marks_of(proposal, [1]) == []


def test_duplicate_of_the_same_body_is_found_whatever_its_width(world: World) -> None:
    first = make_submitted(world, title="システムの共通化")
    second = make_submitted(world, title="ｼｽﾃﾑの共通化")

    line = line_of(second, "duplicates")

    assert line.state is LineState.PROBLEM
    assert line.problems == (
        f"同じ団体の{first.reference}と提案概要が同じです。重複でないか確かめてください",
    )


# --- The gate of the acceptance ------------------------------------------------------------------


def test_accept_is_refused_with_a_message_for_each_open_line(world: World) -> None:
    proposal = make_submitted(world)

    with pytest.raises(InvalidInput) as refused:
        accept(proposal, Accept(version=proposal.version), actor=world["officer1"])

    assert refused.value.errors == {
        line.key: [f"「{line.label}」を確かめて、結果を選んでください"]
        for line in by_hand(proposal)
    }
    assert proposal.state is State.SUBMITTED


def test_accept_is_refused_over_a_problem_until_it_is_waived(world: World) -> None:
    proposal = make_submitted(world)
    check_off(proposal, world["officer1"])
    line = by_hand(proposal)[0]
    mark(world, proposal, line, CheckVerdict.PROBLEM, "業務名がない")

    with pytest.raises(InvalidInput) as refused:
        accept(proposal, Accept(version=proposal.version), actor=world["officer1"])
    mark(world, proposal, by_hand(proposal)[0], CheckVerdict.WAIVED, "総括と相談した")
    accept(proposal, Accept(version=proposal.version), actor=world["officer1"])

    assert list(refused.value.errors) == [line.key]
    assert proposal.state is State.ACCEPTED


def test_line_added_to_the_round_holds_up_a_case_in_check(
    world: World, db_session: Session
) -> None:
    proposal = make_submitted(world)
    check_off(proposal, world["officer1"])
    added = FormCheckItem(
        round_id=world.round.id, position=9, label="新しい項目", help="", target="", is_active=True
    )
    db_session.add(added)
    db_session.flush()

    with pytest.raises(InvalidInput) as refused:
        accept(proposal, Accept(version=proposal.version), actor=world["officer1"])

    assert list(refused.value.errors) == [f"item:{added.id}"]


def test_line_switched_off_holds_up_nobody(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    for item in db_session.scalars(select(FormCheckItem)):
        item.is_active = False

    accept(proposal, Accept(version=proposal.version), actor=world["officer1"])

    assert proposal.state is State.ACCEPTED


# --- Resubmission --------------------------------------------------------------------------------


def test_corrected_case_is_checked_anew_beside_the_former_marks(world: World) -> None:
    proposal = make_resubmitted(world)

    lines = by_hand(proposal)

    assert [line.state for line in lines] == [LineState.OPEN] * 6
    assert [line.earlier.verdict for line in lines if line.earlier] == [CheckVerdict.PROBLEM]


def test_colleague_takes_a_resubmission_over_with_a_trace(
    world: World, db_session: Session
) -> None:
    proposal = make_resubmitted(world)
    command = TakeOver(version=proposal.version, from_id=world["officer1"].id)
    db_session.commit()

    with unit_of_work():
        take_over(proposal, command, actor=world["officer2"])

    entry = last_entry(db_session)
    assert (entry.verb, entry.actor_id) == ("proposal.take_over_check", world["officer2"].id)


def test_second_colleague_hears_that_another_took_it_over(world: World) -> None:
    proposal = make_resubmitted(world)
    command = TakeOver(version=proposal.version, from_id=world["officer1"].id)
    take_over(proposal, command, actor=world["officer2"])

    with pytest.raises(StaleVersion):
        take_over(proposal, command, actor=world["officer3"])


def test_first_submission_cannot_be_taken_over(world: World) -> None:
    proposal = make_submitted(world)
    command = TakeOver(version=proposal.version, from_id=world["officer1"].id)

    with pytest.raises(IllegalTransition):
        take_over(proposal, command, actor=world["officer2"])
