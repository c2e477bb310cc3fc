"""Form check (形式確認): what a return says, and whom it reaches."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput
from app.notifications.models import OutboxMessage
from app.proposals.queries import waiting_correction
from app.triage.services.form_check import Correction, ReturnForCorrection, return_for_correction
from app.workflow.states import State
from tests.factories import World, make_returned, make_submitted, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def test_return_keeps_fields_and_reasons_in_order(world: World) -> None:
    proposal = make_submitted(world)
    items = (
        Correction(field="effect", reason="効果を書いてください。"),
        Correction(field="title", reason="業務名を書いてください。"),
    )

    command = ReturnForCorrection(version=proposal.version, items=items)
    return_for_correction(proposal, command, actor=world["officer1"])

    request = waiting_correction(proposal)
    assert request is not None
    assert request.requested_by_id == world["officer1"].id
    assert [(item.position, item.field, item.reason) for item in request.items] == [
        (1, "effect", "効果を書いてください。"),
        (2, "title", "業務名を書いてください。"),
    ]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((), "補正してほしい項目と理由を1つ以上入力してください"),
        ((Correction(field="state", reason="理由"),), "補正する項目を一覧から選んでください"),
        (
            (Correction(field="title", reason="　"),),
            "「提案概要」を補正する理由を入力してください",
        ),
    ],
)
def test_return_without_field_or_reason_is_refused(
    world: World, items: tuple[Correction, ...], words: str
) -> None:
    proposal = make_submitted(world)

    command = ReturnForCorrection(version=proposal.version, items=items)
    with pytest.raises(InvalidInput) as refused:
        return_for_correction(proposal, command, actor=world["officer1"])

    assert refused.value.errors == {"items": [words]}
    assert proposal.state is State.SUBMITTED


def test_body_is_told_of_the_return(world: World, db_session: Session) -> None:
    make_returned(world)

    told = db_session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.startswith("returned:"))
    )
    assert sorted(row.recipient.login for row in told) == ["city", "city-mgr"]
