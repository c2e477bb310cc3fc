"""The life of a case (状態遷移): each arrow leaves one trace, each refusal leaves none."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, NotAllowed, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE, unit_of_work
from app.notifications.models import OutboxMessage
from app.proposals.models import CaseClock, Proposal, ProposalRevision
from app.proposals.services.submission import Submit, submit
from app.triage.models import Assessment, AssessmentDecision, Assignment
from app.triage.queries import open_assessment
from app.triage.services.assess import Assess, assess
from app.triage.services.assign import Assign, assign
from app.triage.services.confirm import (
    Confirm,
    Dispute,
    confirm_assessment,
    dispute_assessment,
)
from app.triage.services.form_check import (
    Accept,
    Correction,
    ReturnForCorrection,
    accept,
    return_for_correction,
)
from app.triage.services.pending import Hold, Resume, hold, resume
from app.triage.services.settle import Close, Reclassify, Reopen, close, reclassify, reopen
from app.triage.services.withdraw import Withdraw, withdraw
from app.workflow.states import Action, State
from tests.factories import World, check_off, interrupted, make_in_state, make_world

NOW = clock.jst(2024, 8, 27, 10)
NOTHING_WAITS = 0

Trigger = Callable[[World, Proposal, int], Any]


def waiting_id(proposal: Proposal) -> int:
    """Id of the opinion that waits, or one that no opinion has."""
    found = open_assessment(proposal)
    return found.id if found else NOTHING_WAITS


# Each action through its service, by a person who may do it where the state allows it.
TRIGGERS: dict[Action, Trigger] = {
    Action.SUBMIT: lambda world, case, version: submit(
        case, Submit(version=version), actor=world["city-mgr"]
    ),
    Action.WITHDRAW: lambda world, case, version: withdraw(
        case, Withdraw(version=version, reason="取下げの理由"), actor=world["city-mgr"]
    ),
    Action.RETURN_FOR_CORRECTION: lambda world, case, version: return_for_correction(
        case,
        ReturnForCorrection(
            version=version, items=(Correction(field="title", reason="業務名がありません"),)
        ),
        actor=world["officer2"],
    ),
    Action.ACCEPT: lambda world, case, version: accept(
        case, Accept(version=version, note="受理のメモ"), actor=world["officer2"]
    ),
    Action.ASSIGN: lambda world, case, version: assign(
        case,
        Assign(version=version, reviewer_ids=(world["officer1"].id,), note="割当のメモ"),
        actor=world["lead"],
    ),
    Action.ASSESS: lambda world, case, version: assess(
        case,
        Assess(version=version, category_key="f5", reason="意見の理由"),
        actor=world["officer1"],
    ),
    Action.CONFIRM: lambda world, case, version: confirm_assessment(
        case,
        Confirm(version=version, assessment_id=waiting_id(case), note="確認のメモ"),
        actor=world["officer2"],
    ),
    Action.DISPUTE: lambda world, case, version: dispute_assessment(
        case,
        Dispute(
            version=version,
            assessment_id=waiting_id(case),
            category_key="f2",
            reason="異議の理由",
        ),
        actor=world["officer2"],
    ),
    Action.HOLD: lambda world, case, version: hold(
        case,
        Hold(version=version, reason="ペンディングの理由", revisit_on=date(2024, 10, 1)),
        actor=world["officer2"],
    ),
    Action.RESUME: lambda world, case, version: resume(
        case, Resume(version=version, note="再開のメモ"), actor=world["officer2"]
    ),
    Action.RECLASSIFY: lambda world, case, version: reclassify(
        case, Reclassify(version=version, reason="仕分け直しの理由"), actor=world["lead"]
    ),
    Action.CLOSE: lambda world, case, version: close(
        case, Close(version=version, outcome_text="結果"), actor=world["lead"]
    ),
    Action.REOPEN: lambda world, case, version: reopen(
        case, Reopen(version=version, reason="取消しの理由"), actor=world["lead"]
    ),
}


class Arrow(NamedTuple):
    """One arrow, and the trace that it leaves."""

    source: State
    action: Action
    from_state: str
    to_state: str
    actor: str
    reason: str
    due_on: date | None


RETURN_REASON = "提案概要：業務名がありません"
S, A = State, Action
# 27 August 2024 is a Tuesday; 16 September is 敬老の日 and lies after every date here.
ARROWS = (
    Arrow(S.DRAFT, A.SUBMIT, "draft", "submitted", "city-mgr", "", date(2024, 8, 30)),
    Arrow(S.RETURNED, A.SUBMIT, "returned", "submitted", "city-mgr", "", date(2024, 8, 30)),
    Arrow(S.SUBMITTED, A.WITHDRAW, "submitted", "withdrawn", "city-mgr", "取下げの理由", None),
    Arrow(S.RETURNED, A.WITHDRAW, "returned", "withdrawn", "city-mgr", "取下げの理由", None),
    Arrow(S.ACCEPTED, A.WITHDRAW, "accepted", "withdrawn", "city-mgr", "取下げの理由", None),
    Arrow(S.IN_REVIEW, A.WITHDRAW, "in_review", "withdrawn", "city-mgr", "取下げの理由", None),
    Arrow(
        S.IN_CONFIRMATION,
        A.WITHDRAW,
        "in_confirmation",
        "withdrawn",
        "city-mgr",
        "取下げの理由",
        None,
    ),
    Arrow(S.PENDING, A.WITHDRAW, "pending", "withdrawn", "city-mgr", "取下げの理由", None),
    Arrow(
        S.SUBMITTED,
        A.RETURN_FOR_CORRECTION,
        "submitted",
        "returned",
        "officer2",
        RETURN_REASON,
        date(2024, 9, 3),
    ),
    Arrow(
        S.IN_REVIEW,
        A.RETURN_FOR_CORRECTION,
        "in_review",
        "returned",
        "officer2",
        RETURN_REASON,
        date(2024, 9, 3),
    ),
    Arrow(
        S.SUBMITTED, A.ACCEPT, "submitted", "accepted", "officer2", "受理のメモ", date(2024, 8, 29)
    ),
    Arrow(S.ACCEPTED, A.ASSIGN, "accepted", "in_review", "lead", "割当のメモ", date(2024, 9, 10)),
    Arrow(S.IN_REVIEW, A.ASSIGN, "in_review", "in_review", "lead", "割当のメモ", date(2024, 9, 10)),
    Arrow(
        S.IN_CONFIRMATION,
        A.ASSIGN,
        "in_confirmation",
        "in_review",
        "lead",
        "割当のメモ",
        date(2024, 9, 10),
    ),
    Arrow(
        S.IN_REVIEW,
        A.ASSESS,
        "in_review",
        "in_confirmation",
        "officer1",
        "意見の理由",
        date(2024, 8, 30),
    ),
    Arrow(
        S.IN_CONFIRMATION,
        A.CONFIRM,
        "in_confirmation",
        "classified_f5",
        "officer2",
        "確認のメモ",
        None,
    ),
    Arrow(
        S.IN_CONFIRMATION,
        A.DISPUTE,
        "in_confirmation",
        "in_review",
        "officer2",
        "異議の理由",
        date(2024, 9, 10),
    ),
    Arrow(
        S.IN_REVIEW,
        A.HOLD,
        "in_review",
        "pending",
        "officer2",
        "ペンディングの理由",
        date(2024, 10, 1),
    ),
    Arrow(
        S.IN_CONFIRMATION,
        A.HOLD,
        "in_confirmation",
        "pending",
        "officer2",
        "ペンディングの理由",
        date(2024, 10, 1),
    ),
    Arrow(S.PENDING, A.RESUME, "pending", "in_review", "officer2", "再開のメモ", date(2024, 9, 10)),
    Arrow(
        S.CLASSIFIED,
        A.RECLASSIFY,
        "classified_f5",
        "in_review",
        "lead",
        "仕分け直しの理由",
        date(2024, 9, 10),
    ),
    Arrow(S.CLASSIFIED, A.CLOSE, "classified_f5", "closed", "lead", "", None),
    Arrow(S.CLOSED, A.REOPEN, "closed", "classified_f5", "lead", "取消しの理由", None),
)
ARROW_IDS = [f"{arrow.action}-from-{arrow.source}" for arrow in ARROWS]
POSSIBLE = {(arrow.source, arrow.action) for arrow in ARROWS}


@pytest.fixture(autouse=True)
def _afternoon() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def prepared(world: World, state: State, session: Session) -> Proposal:
    proposal = make_in_state(world, state)
    if state is State.SUBMITTED:
        check_off(proposal, world["officer1"])
    session.commit()
    return proposal


def snapshot(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that an action on a case could write."""
    session.expire_all()
    tables = (
        Proposal,
        ProposalRevision,
        CaseClock,
        Assignment,
        Assessment,
        AssessmentDecision,
        OutboxMessage,
        AuditEvent,
    )
    return {
        model.__tablename__: [
            tuple(row)
            for row in session.execute(
                select(*model.__table__.columns).order_by(*model.__table__.primary_key.columns)
            )
        ]
        for model in tables
    }


def last_seq(session: Session) -> int:
    return session.scalar(select(func.max(AuditEvent.seq))) or 0


def entries_after(seq: int, session: Session) -> list[AuditEvent]:
    return list(
        session.scalars(select(AuditEvent).where(AuditEvent.seq > seq).order_by(AuditEvent.seq))
    )


# --- Every arrow --------------------------------------------------------------------------------


@pytest.mark.parametrize("arrow", ARROWS, ids=ARROW_IDS)
def test_arrow_moves_the_case_sets_its_due_date_and_leaves_one_audit_entry(
    world: World, db_session: Session, arrow: Arrow
) -> None:
    proposal = prepared(world, arrow.source, db_session)
    seq, version = last_seq(db_session), proposal.version
    now = NOW.replace(hour=16)

    with clock.at(now), unit_of_work():
        TRIGGERS[arrow.action](world, proposal, version)

    assert (proposal.state_name, proposal.state_since, proposal.due_on) == (
        arrow.to_state,
        now,
        arrow.due_on,
    )
    (entry,) = entries_after(seq, db_session)
    actor: User = world[arrow.actor]
    assert (entry.verb, entry.actor_id, entry.actor_words, entry.occurred_at) == (
        f"proposal.{arrow.action}",
        actor.id,
        actor.label,
        now,
    )
    assert (entry.from_state, entry.to_state, entry.reason) == (
        arrow.from_state,
        arrow.to_state,
        arrow.reason,
    )
    assert (entry.subject_type, entry.subject_id, entry.subject_version) == (
        "proposal",
        proposal.id,
        proposal.version,
    )
    assert proposal.version > version


@pytest.mark.parametrize("arrow", ARROWS, ids=ARROW_IDS)
def test_stale_version_or_an_error_after_the_arrow_leaves_neither_change_nor_entry(
    world: World, db_session: Session, arrow: Arrow
) -> None:
    proposal = prepared(world, arrow.source, db_session)
    before = snapshot(db_session)

    with pytest.raises(StaleVersion) as refused, unit_of_work():
        TRIGGERS[arrow.action](world, proposal, proposal.version - 1)
    after_refusal = snapshot(db_session)
    with pytest.raises(RuntimeError, match="power cut"):
        interrupted(lambda: TRIGGERS[arrow.action](world, proposal, proposal.version))
    with unit_of_work():
        pass

    assert refused.value.message == STALE_MESSAGE
    assert after_refusal == before
    assert snapshot(db_session) == before


def test_opinion_leads_straight_to_the_category_where_one_reviewer_is_enough(
    world: World, db_session: Session
) -> None:
    world.round.reviewers_required = 1
    proposal = prepared(world, State.IN_REVIEW, db_session)
    seq = last_seq(db_session)

    with unit_of_work():
        TRIGGERS[Action.ASSESS](world, proposal, proposal.version)

    (entry,) = entries_after(seq, db_session)
    assert (entry.verb, entry.from_state, entry.to_state) == (
        "proposal.assess",
        "in_review",
        "classified_f5",
    )
    assert proposal.category is not None
    assert proposal.category.key == "f5"


# --- Every other pair ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State))
def test_action_without_an_arrow_is_refused_and_changes_nothing(
    world: World, db_session: Session, state: State
) -> None:
    proposal = prepared(world, state, db_session)
    before = snapshot(db_session)

    for action in Action:
        if (state, action) in POSSIBLE:
            continue
        # Who may give an opinion depends on the assignment: without one the person is refused.
        kinds = (IllegalTransition, NotAllowed) if action is A.ASSESS else IllegalTransition
        with pytest.raises(kinds) as refused, unit_of_work():
            TRIGGERS[action](world, proposal, proposal.version)
        assert refused.value.message.endswith("。"), action
        assert snapshot(db_session) == before, action


@pytest.mark.parametrize("action", list(Action))
def test_action_by_a_stranger_is_refused_and_changes_nothing(
    world: World, db_session: Session, action: Action
) -> None:
    source = next(arrow.source for arrow in ARROWS if arrow.action is action)
    proposal = prepared(world, source, db_session)
    before = snapshot(db_session)
    strangers = dict.fromkeys(world.people, world["other-mgr"])
    crowd = World(people=strangers, round=world.round, entry=world.entry)

    with pytest.raises(NotAllowed), unit_of_work():
        TRIGGERS[action](crowd, proposal, proposal.version)

    assert snapshot(db_session) == before
