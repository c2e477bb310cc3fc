"""Two people at the same moment (同時操作): one hand-off to a place, one lead, words for both."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.handoffs.lifecycle import check_handoff_version, move_handoff
from app.handoffs.models import Handoff
from app.handoffs.services.prepare import Prepare, prepare_handoff
from app.proposals.models import Proposal
from app.workflow.handoffs import HandoffAction, HandoffPart, HandoffPurpose, HandoffState
from tests.factories import make_classified, make_handoff, make_world
from tests.triage.test_concurrency import at_once, find_user

ROUNDS = 5


def preparation(proposal_id: int, version: int, login: str, to: str) -> Callable[[], None]:
    """Prepare the lead, as from a page of that version of the case."""

    def prepare() -> None:
        proposal = db.session.get_one(Proposal, proposal_id)
        command = Prepare(
            version=version,
            destination_id=find_user(to).organization_id,
            part=HandoffPart.LEAD,
            purpose=HandoffPurpose.REQUEST,
            request_text="検討をお願いします。",
            reason="照会のため",
        )
        actor = find_user(login)
        with unit_of_work():
            prepare_handoff(proposal, command, actor=actor)

    return prepare


@pytest.mark.parametrize("second_place", ["ministry", "digital"])
def test_two_people_who_prepare_a_lead_at_once_make_one(
    committed_app: Flask, second_place: str
) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        cases = [(row.id, row.version) for row in (make_classified(world) for _ in range(ROUNDS))]

    ends = [
        at_once(
            committed_app,
            [
                preparation(*case, "officer1", "ministry"),
                preparation(*case, "officer2", second_place),
            ],
        )
        for case in cases
    ]

    assert [sorted(pair) for pair in ends] == [["InvalidInput", "done"]] * ROUNDS
    with committed_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Handoff)) == ROUNDS


def test_acknowledged_and_recalled_at_once_is_one_of_both(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        sent = [make_handoff(world, make_classified(world)) for _ in range(ROUNDS)]
        cases = [(row.id, row.version) for row in sent]

    def step(
        handoff_id: int, version: int, action: HandoffAction, login: str
    ) -> Callable[[], None]:
        def work() -> None:
            actor = find_user(login)
            with unit_of_work():
                handoff = db.session.get_one(Handoff, handoff_id)
                check_handoff_version(handoff, version)
                move_handoff(handoff, action, actor=actor, reason="試験のため")

        return work

    ends = [
        at_once(
            committed_app,
            [
                step(*case, HandoffAction.ACKNOWLEDGE, "coordinator"),
                step(*case, HandoffAction.RECALL, "lead"),
            ],
        )
        for case in cases
    ]

    assert [sorted(pair) for pair in ends] == [["StaleVersion", "done"]] * ROUNDS
    with committed_app.app_context():
        states = set(db.session.scalars(select(Handoff.state)))
        assert states <= {HandoffState.ACKNOWLEDGED, HandoffState.RECALLED}
