"""Submission (提出・受付): receipt numbers, the round's hours, corrections, late submissions."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.unit_of_work import unit_of_work
from app.notifications.models import OutboxMessage
from app.proposals.late_queries import waiting_late_submission
from app.proposals.models import LateDecision, LateSubmission, Proposal
from app.proposals.queries import corrections_of, revisions_of, waiting_correction
from app.proposals.services.drafts import edit_proposal, start_draft
from app.proposals.services.late import (
    DecideLate,
    RequestLate,
    decide_late_submission,
    request_late_submission,
)
from app.proposals.services.submission import Submit, submit
from app.rounds.services import ChangeClosing, NewRound, create_round, extend_for_body
from app.workflow.states import State
from tests.factories import (
    COMPLETE,
    World,
    interrupted,
    kept,
    make_draft,
    make_returned,
    make_submitted,
    make_world,
)

OPENS = clock.jst(2024, 8, 5)
CLOSES = clock.jst(2024, 8, 27, 23, 59, 59)
ONE_DAY_LATE = clock.jst(2024, 8, 28, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(clock.jst(2024, 8, 20, 10)):
        world = make_world(opens_at=OPENS, closes_at=CLOSES)
        db_session.commit()
        yield world


def hand_in(world: World, proposal: Proposal) -> None:
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])


def ask_late(world: World, proposal: Proposal, reason: str = "停電のため") -> LateSubmission:
    command = RequestLate(version=proposal.version, reason=reason)
    return request_late_submission(proposal, command, actor=world["city-mgr"])


def decide(world: World, late: LateSubmission, decision: LateDecision) -> None:
    command = DecideLate(decision=decision, reason="停電を確かめたため")
    decide_late_submission(late, command, actor=world["lead"])


# --- Receipt numbers ----------------------------------------------------------------------------


def test_receipt_numbers_are_consecutive_in_the_order_of_submission(world: World) -> None:
    first, second, third = (make_draft(world) for _ in range(3))

    for proposal in (second, third, first):
        hand_in(world, proposal)

    assert [row.receipt_number for row in (second, third, first)] == [
        "R6-0001",
        "R6-0002",
        "R6-0003",
    ]


def test_draft_has_no_receipt_number(world: World) -> None:
    proposal = make_draft(world)

    assert (proposal.receipt_number, proposal.submitted_at, proposal.reference) == (
        None,
        None,
        "下書き",
    )


def test_number_of_a_failed_submission_is_given_to_the_next(world: World) -> None:
    with unit_of_work():
        failed, next_one = make_draft(world), make_draft(world)

    with pytest.raises(RuntimeError, match="power cut"):
        interrupted(lambda: hand_in(world, failed))
    with unit_of_work():
        hand_in(world, next_one)

    assert (failed.receipt_number, next_one.receipt_number) == (None, "R6-0001")
    assert failed.state is State.DRAFT


def test_incomplete_submission_takes_no_number(world: World) -> None:
    with unit_of_work():
        incomplete, complete = make_draft(world, title="　"), make_draft(world)

    with pytest.raises(InvalidInput) as refused, unit_of_work():
        hand_in(world, incomplete)
    with unit_of_work():
        hand_in(world, complete)

    assert refused.value.errors == {"title": ["提案概要を入力してください"]}
    assert complete.receipt_number == "R6-0001"


def test_each_round_counts_for_itself(world: World) -> None:
    make_submitted(world)
    command = NewRound(key="R7", label="令和7年", name="提案募集", opens_at=OPENS, closes_at=CLOSES)
    world.round = create_round(world.round.scheme, command, actor=world["admin"])

    assert make_submitted(world).receipt_number == "R7-0001"


def test_number_stays_after_a_correction(world: World) -> None:
    proposal = make_returned(world)
    make_submitted(world)

    hand_in(world, proposal)

    assert proposal.receipt_number == "R6-0001"


# --- The hours of the round ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "moment",
    [
        OPENS,
        CLOSES,
        CLOSES + timedelta(milliseconds=900),
        CLOSES + timedelta(microseconds=999_999),
    ],
)
def test_submission_is_in_time_until_the_closing_second_is_over(
    world: World, moment: datetime
) -> None:
    proposal = make_draft(world)

    with clock.at(moment):
        hand_in(world, proposal)

    assert (proposal.state, proposal.submitted_at, proposal.is_late) == (
        State.SUBMITTED,
        moment,
        False,
    )


def test_submission_at_midnight_after_the_last_day_is_refused_with_the_closing_time(
    world: World,
) -> None:
    proposal = make_draft(world)

    with clock.at(clock.jst(2024, 8, 28)), pytest.raises(NotAllowed) as refused:
        hand_in(world, proposal)

    assert refused.value.message == (
        "募集は令和6年8月27日（火）23時59分に締め切りました。下書きは残っています。"
        "やむを得ない事情があるときは、理由を書いて「期限後の提出を申し出る」を押してください。"
    )


def test_submission_before_the_opening_second_is_refused(world: World) -> None:
    proposal = make_draft(world)

    with (
        clock.at(OPENS - timedelta(microseconds=1)),
        pytest.raises(NotAllowed, match=r"^募集は令和6年8月5日（月）.*に始まります。$"),
    ):
        hand_in(world, proposal)


def test_draft_before_the_opening_is_refused(world: World) -> None:
    with (
        clock.at(OPENS - timedelta(seconds=1)),
        pytest.raises(NotAllowed, match="まだ始まっていません"),
    ):
        make_draft(world)


def test_body_with_an_extension_may_submit_after_the_others(world: World) -> None:
    mine = make_draft(world)
    others = start_draft(world.round, COMPLETE, actor=world["other"])
    extension = ChangeClosing(closes_at=clock.jst(2024, 9, 2, 17), reason="災害対応のため")
    extend_for_body(world.round, mine.organization_id, extension, actor=world["lead"])

    with clock.at(clock.jst(2024, 9, 2, 17)):
        hand_in(world, mine)
        with pytest.raises(NotAllowed):
            submit(others, Submit(version=others.version), actor=world["other-mgr"])

    assert mine.state is State.SUBMITTED


def test_answer_to_a_return_is_taken_after_the_closing(world: World) -> None:
    proposal = make_returned(world)

    with clock.at(clock.jst(2024, 9, 3)):
        hand_in(world, proposal)

    assert (proposal.state, proposal.is_late) == (State.SUBMITTED, False)


# --- What a submission leaves -------------------------------------------------------------------


def test_submission_keeps_what_was_submitted(world: World) -> None:
    proposal = make_submitted(world)

    (revision,) = revisions_of(proposal)

    assert (revision.number, revision.content) == (1, kept(COMPLETE))
    assert (revision.submitted_at, revision.submitted_by_id) == (
        clock.now(),
        world["city-mgr"].id,
    )


def test_correction_is_answered_by_the_next_submission(world: World) -> None:
    proposal = make_returned(world)
    waiting = waiting_correction(proposal)
    content = world.content(title="鍵の貸出しの共通化")
    edit_proposal(proposal, content, version=proposal.version, actor=world["city"])

    with clock.at(clock.jst(2024, 8, 22, 9)):
        hand_in(world, proposal)

    assert waiting is not None
    assert waiting.answered_at == clock.jst(2024, 8, 22, 9)
    assert waiting_correction(proposal) is None
    assert corrections_of(proposal) == [waiting]
    assert [row.content["title"] for row in revisions_of(proposal)] == [
        COMPLETE.title,
        "鍵の貸出しの共通化",
    ]


def test_body_is_told_once_of_the_receipt(world: World, db_session: Session) -> None:
    proposal = make_returned(world)

    hand_in(world, proposal)

    messages = db_session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.startswith("receipt:"))
    )
    assert sorted(row.recipient.login for row in messages) == ["city", "city-mgr"]


# --- Drafts -------------------------------------------------------------------------------------


def test_submitted_proposal_cannot_be_edited(world: World) -> None:
    proposal = make_submitted(world)

    with pytest.raises(IllegalTransition):
        edit_proposal(proposal, COMPLETE, version=proposal.version, actor=world["city"])


@pytest.mark.parametrize("login", ["other", "other-mgr", "officer1", "lead", "admin"])
def test_draft_is_edited_by_its_body_alone(world: World, login: str) -> None:
    proposal = make_draft(world)

    with pytest.raises(NotAllowed):
        edit_proposal(proposal, COMPLETE, version=proposal.version, actor=world[login])


def test_ministry_must_be_a_ministry(world: World) -> None:
    not_a_ministry = world.content(ministry_id=world["other"].organization_id)

    with pytest.raises(InvalidInput) as refused:
        start_draft(world.round, not_a_ministry, actor=world["city"])

    assert refused.value.errors == {"ministry_id": ["所管府省庁を一覧から選んでください"]}


def test_edit_tells_the_trail_which_fields_changed_and_never_their_text(
    world: World, db_session: Session
) -> None:
    proposal = make_draft(world)
    content = world.content(title="別の題", contact_email="desk@example.jp")

    edit_proposal(proposal, content, version=proposal.version, actor=world["city"])
    db_session.commit()

    entry = db_session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert entry is not None
    assert (entry.verb, entry.changes) == (
        "proposal.edit",
        {"fields": ["title", "contact_email"]},
    )


# --- Late submissions ---------------------------------------------------------------------------


def test_accepted_late_submission_counts_from_the_instant_it_came(world: World) -> None:
    proposal = make_draft(world)
    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, proposal)
    with clock.at(clock.jst(2024, 8, 30, 9)):
        decide(world, late, LateDecision.ACCEPTED)

    assert (proposal.state, proposal.receipt_number, proposal.is_late) == (
        State.SUBMITTED,
        "R6-0001",
        True,
    )
    assert proposal.submitted_at == ONE_DAY_LATE


def test_refused_late_submission_stays_a_draft(world: World) -> None:
    proposal = make_draft(world)
    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, proposal)
        decide(world, late, LateDecision.REFUSED)

    assert (proposal.state, proposal.receipt_number, proposal.is_late) == (
        State.DRAFT,
        None,
        False,
    )
    assert waiting_late_submission(proposal) is None


def test_late_submission_is_decided_once(world: World) -> None:
    proposal = make_draft(world)
    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, proposal)
        decide(world, late, LateDecision.REFUSED)
        with pytest.raises(IllegalTransition):
            decide(world, late, LateDecision.ACCEPTED)

    assert (late.decision, proposal.state) == (LateDecision.REFUSED, State.DRAFT)


@pytest.mark.parametrize("login", ["officer1", "admin", "auditor", "city-mgr"])
def test_late_submission_is_decided_by_the_lead_alone(world: World, login: str) -> None:
    proposal = make_draft(world)
    command = DecideLate(decision=LateDecision.ACCEPTED, reason="理由")
    with clock.at(ONE_DAY_LATE):
        late = ask_late(world, proposal)
        with pytest.raises(NotAllowed):
            decide_late_submission(late, command, actor=world[login])


def test_late_submission_needs_a_reason(world: World) -> None:
    proposal = make_draft(world)

    with clock.at(ONE_DAY_LATE), pytest.raises(InvalidInput) as refused:
        ask_late(world, proposal, reason="　")

    assert refused.value.errors == {"reason": ["期限に間に合わなかった理由を入力してください"]}


def test_late_submission_is_refused_while_the_round_is_open(world: World) -> None:
    proposal = make_draft(world)

    with pytest.raises(IllegalTransition):
        ask_late(world, proposal)


def test_second_late_submission_is_refused_while_one_waits(world: World) -> None:
    proposal = make_draft(world)

    with clock.at(ONE_DAY_LATE):
        ask_late(world, proposal)
        with pytest.raises(IllegalTransition):
            ask_late(world, proposal)


def test_draft_is_frozen_while_a_late_submission_waits(world: World) -> None:
    proposal = make_draft(world)
    with clock.at(ONE_DAY_LATE):
        ask_late(world, proposal)

    with pytest.raises(IllegalTransition):
        edit_proposal(
            proposal, world.content(title="別の題"), version=proposal.version, actor=world["city"]
        )


def test_refusal_of_a_late_submission_uses_no_number(world: World, db_session: Session) -> None:
    proposal = make_draft(world)
    with clock.at(ONE_DAY_LATE):
        decide(world, ask_late(world, proposal), LateDecision.REFUSED)
        second = make_draft(world)
        decide(world, ask_late(world, second), LateDecision.ACCEPTED)

    assert second.receipt_number == "R6-0001"
    assert db_session.scalar(select(func.count()).where(LateSubmission.decision.is_(None))) == 0
