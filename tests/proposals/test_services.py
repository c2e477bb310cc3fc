"""Deleting a draft (下書きの削除): only what never reached the secretariat, and never its trail."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.audit.verification import verify
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.proposals.models import LateDecision, Proposal
from app.proposals.services.drafts import (
    ProposalContent,
    discard_draft,
    edit_proposal,
    start_draft,
    start_drafts,
)
from app.proposals.services.late import (
    DecideLate,
    RequestLate,
    decide_late_submission,
    request_late_submission,
)
from app.proposals.services.submission import Submit, submit
from app.rounds.services import ChangeClosing, change_closing
from app.workflow.states import State
from tests.factories import World, make_draft, make_in_state, make_world

CLOSES = clock.jst(2024, 8, 27, 23, 59, 59)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(clock.jst(2024, 8, 20, 10)):
        world = make_world(opens_at=clock.jst(2024, 8, 5), closes_at=CLOSES)
        db_session.commit()
        yield world


def ask_late(world: World, proposal: Proposal) -> None:
    with clock.at(clock.jst(2024, 8, 28, 10)):
        command = RequestLate(version=proposal.version, reason="停電のため")
        late = request_late_submission(proposal, command, actor=world["city-mgr"])
        decide_late_submission(
            late, DecideLate(decision=LateDecision.REFUSED, reason="理由"), actor=world["lead"]
        )


@pytest.mark.parametrize("login", ["city", "city-mgr"])
def test_discard_removes_the_draft_and_keeps_its_trail(
    world: World, db_session: Session, login: str
) -> None:
    draft = make_draft(world)
    draft_id = draft.id
    db_session.commit()

    with unit_of_work():
        discard_draft(draft, version=draft.version, actor=world[login])

    trail = db_session.execute(
        select(AuditEvent.verb, AuditEvent.actor_id, AuditEvent.changes)
        .where(AuditEvent.subject_type == "proposal", AuditEvent.subject_id == draft_id)
        .order_by(AuditEvent.seq)
    ).all()
    assert db_session.get(Proposal, draft_id) is None
    assert trail == [
        ("proposal.draft", world["city"].id, {}),
        ("proposal.discard", world[login].id, {"round": "R6"}),
    ]
    assert verify(db_session).is_intact


@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
def test_discard_refuses_whatever_has_a_receipt_number(world: World, state: State) -> None:
    proposal = make_in_state(world, state)

    with pytest.raises(IllegalTransition):
        discard_draft(proposal, version=proposal.version, actor=world["city-mgr"])

    assert proposal.state is state


def test_discard_refuses_a_draft_that_waits_for_a_lead(world: World) -> None:
    draft = make_draft(world)
    with clock.at(clock.jst(2024, 8, 28, 10)):
        command = RequestLate(version=draft.version, reason="停電のため")
        request_late_submission(draft, command, actor=world["city-mgr"])

    with pytest.raises(IllegalTransition, match="申出の記録とともに残す"):
        discard_draft(draft, version=draft.version, actor=world["city-mgr"])


def test_discard_refuses_a_draft_whose_late_submission_was_decided(world: World) -> None:
    draft = make_draft(world)
    ask_late(world, draft)

    with pytest.raises(IllegalTransition, match="申出の記録とともに残す"):
        discard_draft(draft, version=draft.version, actor=world["city-mgr"])


@pytest.mark.parametrize("login", ["other", "other-mgr", "officer1", "lead", "admin"])
def test_discard_is_for_the_own_body_alone(world: World, login: str) -> None:
    draft = make_draft(world)

    with pytest.raises(NotAllowed):
        discard_draft(draft, version=draft.version, actor=world[login])


def test_discard_refuses_a_draft_that_another_has_just_changed(world: World) -> None:
    draft = make_draft(world)
    seen = draft.version
    changed = world.content(title="書き直した概要")
    edit_proposal(draft, changed, version=seen, actor=world["city-mgr"])

    with pytest.raises(StaleVersion):
        discard_draft(draft, version=seen, actor=world["city"])


def test_submit_waits_for_the_word_on_a_late_submission(db_session: Session) -> None:
    closes_at = clock.jst(2024, 8, 27, 23, 59, 59)
    with clock.at(clock.jst(2024, 8, 20)):
        world = make_world(opens_at=clock.jst(2024, 8, 5), closes_at=closes_at)
        draft = make_draft(world)
    with clock.at(clock.jst(2024, 8, 28)):
        late = RequestLate(version=draft.version, reason="停電のため")
        request_late_submission(draft, late, actor=world["city-mgr"])
        extended = ChangeClosing(closes_at=clock.jst(2024, 8, 30, 23, 59, 59), reason="停電のため")
        change_closing(world.round, extended, actor=world["lead"])

        with pytest.raises(IllegalTransition, match="可否が決まるまで提出できません"):
            submit(draft, Submit(version=draft.version), actor=world["city-mgr"])

    assert (draft.state, draft.receipt_number) == (State.DRAFT, None)


def test_many_drafts_are_started_as_one_is(world: World, db_session: Session) -> None:
    contents = [ProposalContent(title=f"題{number}") for number in range(3)]

    with unit_of_work():
        one = start_draft(world.round, contents[0], actor=world["city"])
        drafts = start_drafts(world.round, [(row, world["city"]) for row in contents])

    assert [draft.title for draft in drafts] == ["題0", "題1", "題2"]
    assert (drafts[0].search_key, drafts[0].version) == (one.search_key, one.version)
    verbs = db_session.scalars(
        select(AuditEvent.verb)
        .where(AuditEvent.subject_type == "proposal")
        .where(AuditEvent.subject_id.in_([draft.id for draft in drafts]))
        .order_by(AuditEvent.seq)
    )
    assert verbs.all() == ["proposal.draft"] * 3


def test_many_drafts_are_all_started_or_none(world: World, db_session: Session) -> None:
    wrong = ProposalContent(title="題1", ministry_id=world["city"].organization_id)
    wanted = [(ProposalContent(title="題0"), world["city"]), (wrong, world["city"])]

    with pytest.raises(InvalidInput), unit_of_work():
        start_drafts(world.round, wanted)

    assert db_session.scalars(select(Proposal.title)).all() == []
