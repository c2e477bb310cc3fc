"""Replies examined and released, views filed (回答の確認・公開・見解)."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.answers.earlier import departs_from, last_released
from app.answers.releasable import ALREADY, NEWER_ROUND, NO_REASON
from app.answers.services.examination import (
    ExplainDifference,
    Reexamine,
    Settle,
    explain_difference,
    reexamine,
    settle,
)
from app.answers.services.release import ChosenReply, Release, release_replies
from app.answers.services.views import (
    NOT_OVER,
    GoOn,
    WriteView,
    file_view,
    go_on_without_view,
    save_view,
)
from app.answers.wording import proposed_outcome
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.handoffs.models import Reply
from app.handoffs.queries import awaited_view, released_replies
from app.handoffs.standing import HandoffStanding, standing_of_handoffs
from app.notifications.models import OutboxMessage
from app.proposals.presentation import due_of, state_badge
from app.rounds.services import NewRound, create_round
from app.similar.models import SimilarNote
from app.triage.services.settle import Close, close
from app.workflow.handoffs import HandoffPart, HandoffState, ReplyKind
from app.workflow.states import State
from app.workflow.terms import Term
from tests.answers.replies import (
    TEXT,
    answer_handoff,
    asked_view,
    chosen,
    make_reply,
    release,
)
from tests.factories import World, declare_conflict


def letters(session: Session, letter: str) -> list[str]:
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.letter == letter))
    return sorted(row.recipient.login for row in rows if row.recipient)


def test_two_rounds_run_from_first_reply_to_the_close(world: World, db_session: Session) -> None:
    first = make_reply(world, text="対応は難しいです。", kind=ReplyKind.DIFFICULT, planned_on=None)
    handoff, proposal = first.handoff, first.handoff.proposal

    release(world, first)
    view = asked_view(proposal)
    file_view(view, WriteView(version=view.version, text="再検討を。"), actor=world["city-mgr"])
    asked = Reexamine(version=handoff.version, text="費用を確かめてください。")
    reexamine(handoff, asked, actor=world["officer1"])
    second = answer_handoff(world, handoff)
    release(world, second)
    again = asked_view(proposal)
    none = WriteView(version=again.version, text="", has_none=True)
    file_view(again, none, actor=world["city-mgr"])
    settle(handoff, Settle(version=handoff.version), actor=world["officer1"])
    outcome = proposed_outcome(proposal, last_released(proposal))
    command = Close(version=proposal.version, outcome_text=outcome)
    close(proposal, command, actor=world["lead"])

    assert proposal.state is State.CLOSED
    assert [(row.round_number, row.kind) for row in released_replies([proposal.id])] == [
        (1, ReplyKind.DIFFICULT),
        (2, ReplyKind.WILL_ACT),
    ]
    assert outcome.splitlines()[2] == (
        "厚生労働省（主管）から、対応するとの回答がありました。予定日は令和13年3月31日（月）です。"
    )
    assert letters(db_session, "replies_released") == ["city", "city", "city-mgr", "city-mgr"]
    assert letters(db_session, "reexamination_asked") == ["coordinator"]
    assert letters(db_session, "view_filed") == ["lead", "lead", "officer1", "officer1"]


def test_release_tells_the_body_and_starts_its_term(world: World) -> None:
    reply = make_reply(world)
    proposal = reply.handoff.proposal
    before = (state_badge(proposal, world["city"]).label, due_of(proposal, world["city"]))

    release(world, reply)

    due = due_of(proposal, world["city"])
    assert before == ("審査中", None)
    assert state_badge(proposal, world["city"]).label == "回答あり"
    assert [row.text for row in released_replies([proposal.id])] == [TEXT]
    assert due is not None
    assert due.date == asked_view(proposal).due_on == proposal.due_on
    assert asked_view(proposal).office_days == proposal.round.office_days(Term.VIEW)
    assert standing_of_handoffs(proposal) is HandoffStanding.AWAITING_VIEW


def test_release_is_all_or_none(world: World, db_session: Session) -> None:
    good = make_reply(world)
    stale = make_reply(world)
    db_session.commit()
    old = ChosenReply(reply_id=stale.id, version=stale.version - 1)
    command = Release(replies=(*chosen(good), old), confirmed_count=2)

    with pytest.raises(StaleVersion), unit_of_work():
        release_replies(world.round, command, actor=world["lead"])

    assert (good.release_id, stale.release_id) == (None, None)


def test_release_refuses_what_cannot_be_released(world: World) -> None:
    done, again = make_reply(world), make_reply(world)
    release(world, done)
    command = Reexamine(version=again.handoff.version, text="もう一度。")
    reexamine(again.handoff, command, actor=world["officer1"])

    both = Release(replies=chosen(done, again), confirmed_count=2)
    with pytest.raises(InvalidInput) as refused:
        release_replies(world.round, both, actor=world["lead"])
    wrong_count = Release(replies=chosen(again), confirmed_count=2)
    with pytest.raises(InvalidInput) as miscounted:
        release_replies(world.round, wrong_count, actor=world["lead"])
    with pytest.raises(NotAllowed):
        release_replies(world.round, both, actor=world["officer1"])

    assert refused.value.errors == {
        "replies": [
            f"{row.handoff.proposal.reference}（厚生労働省）：{why}"
            for row, why in ((done, ALREADY), (again, NEWER_ROUND))
        ]
    }
    assert list(miscounted.value.errors) == ["confirmed_count"]


def test_reply_of_a_case_one_has_a_conflict_with_is_not_found(world: World) -> None:
    reply = make_reply(world)
    declare_conflict(world["lead"], proposal=reply.handoff.proposal)

    with pytest.raises(NotFound):
        release(world, reply)


def test_later_release_takes_over_the_view_that_is_written(world: World) -> None:
    lead = make_reply(world)
    proposal = lead.handoff.proposal
    other = make_reply(world, proposal, to=world["digital"].organization, part=HandoffPart.RELATED)
    release(world, lead)
    first = asked_view(proposal)
    draft = WriteView(version=first.version, text="書きかけ")
    save_view(first, draft, actor=world["city"])

    release(world, other)

    assert (asked_view(proposal).number, asked_view(proposal).text) == (2, "書きかけ")
    assert first.lapsed_at is not None


def test_view_is_filed_by_the_manager_with_words_or_none(world: World) -> None:
    reply = make_reply(world)
    release(world, reply)
    view = asked_view(reply.handoff.proposal)
    words = WriteView(version=view.version, text="意見")

    for command, field in (
        (WriteView(version=view.version, text=""), "text"),
        (WriteView(version=view.version, text="意見", has_none=True), "has_none"),
        (WriteView(version=view.version, text="あ" * 701), "text"),
    ):
        with pytest.raises(InvalidInput) as refused:
            file_view(view, command, actor=world["city-mgr"])
        assert list(refused.value.errors) == [field]
    for login in ("city", "other-mgr", "lead"):
        with pytest.raises(NotAllowed):
            file_view(view, words, actor=world[login])
    file_view(view, words, actor=world["city-mgr"])
    with pytest.raises(IllegalTransition):
        file_view(view, WriteView(version=view.version, text="後"), actor=world["city-mgr"])

    assert view.text == "意見"
    assert reply.handoff.proposal.view_due_on is None


def test_late_view_is_taken_until_the_secretariat_goes_on(world: World) -> None:
    late, left = make_reply(world), make_reply(world)
    release(world, late, left)
    view, other = (asked_view(row.handoff.proposal) for row in (late, left))
    with pytest.raises(IllegalTransition, match=NOT_OVER[:5]):
        go_on_without_view(other, GoOn(version=other.version), actor=world["officer1"])

    with clock.at(clock.now() + timedelta(days=60)):
        go_on_without_view(other, GoOn(version=other.version), actor=world["officer1"])
        command = WriteView(version=view.version, text="遅れました")
        file_view(view, command, actor=world["city-mgr"])
        too_late = WriteView(version=other.version, text="遅れました")
        with pytest.raises(IllegalTransition):
            file_view(other, too_late, actor=world["city-mgr"])

    assert view.filed_at is not None
    assert awaited_view(left.handoff.proposal) is None
    assert standing_of_handoffs(left.handoff.proposal) is HandoffStanding.ANSWERED


def test_released_reply_is_settled_after_the_view_only(world: World) -> None:
    reply, hidden = make_reply(world), make_reply(world)
    release(world, reply)

    settle(hidden.handoff, Settle(version=hidden.handoff.version), actor=world["officer1"])
    with pytest.raises(IllegalTransition):
        settle(reply.handoff, Settle(version=reply.handoff.version), actor=world["officer1"])

    assert hidden.handoff.state is HandoffState.SETTLED
    assert reply.handoff.state is HandoffState.ANSWERED


def test_case_is_not_closed_over_a_reply_its_body_was_not_shown(world: World) -> None:
    reply = make_reply(world)
    proposal = reply.handoff.proposal
    settle(reply.handoff, Settle(version=reply.handoff.version), actor=world["officer1"])
    command = Close(version=proposal.version, outcome_text="結果")

    with pytest.raises(IllegalTransition, match="団体に公開していない回答があるため"):
        close(proposal, command, actor=world["lead"])

    assert proposal.state is State.CLASSIFIED


@pytest.fixture
def departing(world: World) -> Reply:
    """A reply of another kind than the one to the same matter in the round before."""
    before = make_reply(world, kind=ReplyKind.DIFFICULT, planned_on=None)
    release(world, before)
    now = clock.now()
    world.round = create_round(
        world.round.scheme,
        NewRound(
            key="R7",
            label="令和7年",
            name="提案募集",
            opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=30),
        ),
        actor=world["admin"],
    )
    reply = make_reply(world)
    note = SimilarNote(
        proposal_id=reply.handoff.proposal_id,
        similar_proposal_id=before.handoff.proposal_id,
        difference="前の回と同じ内容",
        noted_by_id=world["city"].id,
        noted_at=now,
    )
    db.session.add(note)
    db.session.flush()
    return reply


def test_reply_that_departs_from_an_earlier_one_needs_a_reason(
    world: World, departing: Reply
) -> None:
    found = departs_from(world["lead"], departing)
    with pytest.raises(InvalidInput) as refused:
        release(world, departing)
    for text in ("　", "あ" * 1001):
        with pytest.raises(InvalidInput):
            explain_difference(
                departing,
                ExplainDifference(version=departing.version, text=text),
                actor=world["officer1"],
            )
    reason = ExplainDifference(version=departing.version, text="制度が変わったため")
    explain_difference(departing, reason, actor=world["officer1"])
    release(world, departing)
    again = ExplainDifference(version=departing.version, text="別の理由")
    with pytest.raises(IllegalTransition):
        explain_difference(departing, again, actor=world["officer1"])

    assert found is not None
    assert found.reply.kind is ReplyKind.DIFFICULT
    assert [words.endswith(NO_REASON) for words in refused.value.errors["replies"]] == [True]
    assert [row.why_different for row in last_released(departing.handoff.proposal)] == [
        "制度が変わったため"
    ]


def test_same_kind_or_a_related_ministry_needs_no_reason(world: World, departing: Reply) -> None:
    departing.kind = ReplyKind.DIFFICULT
    is_same = departs_from(world["lead"], departing) is None
    departing.kind = ReplyKind.WILL_ACT
    departing.handoff.part = HandoffPart.RELATED

    assert is_same
    assert departs_from(world["lead"], departing) is None


def test_empty_request_to_examine_again_changes_nothing(world: World) -> None:
    reply = make_reply(world)
    handoff = reply.handoff

    with pytest.raises(InvalidInput) as refused:
        reexamine(handoff, Reexamine(version=handoff.version, text="　"), actor=world["lead"])
    of_today = Reexamine(version=handoff.version, text="再度", due_on=clock.today())
    with pytest.raises(InvalidInput) as past:
        reexamine(handoff, of_today, actor=world["lead"])

    assert list(refused.value.errors) == ["text"]
    assert list(past.value.errors) == ["due_on"]
    assert (handoff.state, handoff.round_number) == (HandoffState.ANSWERED, 1)
