"""Requests to correct master data (団体情報の訂正依頼): asked by the manager, answered once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import MasterDataDecision
from app.accounts.services.master_data import (
    all_requests,
    count_waiting,
    decide,
    request_correction,
)
from app.audit.models import AuditEvent
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from tests.factories import World, make_world

DONE, DECLINED = MasterDataDecision.DONE, MasterDataDecision.DECLINED


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def test_request_is_asked_and_answered(world: World, db_session: Session) -> None:
    asked = request_correction(
        world["city"].organization, "中核市になりました。", actor=world["city-mgr"]
    )
    waiting = count_waiting()
    decide(asked, DONE, "", actor=world["admin"])
    db_session.commit()

    entries = db_session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(2)).all()
    assert (waiting, count_waiting(), asked.decision) == (1, 0, DONE)
    assert [(entry.verb, entry.changes["decision"]) for entry in entries] == [
        ("master_data_request.decide", "done"),
        ("master_data_request.create", None),
    ]
    assert "中核市" not in str([entry.changes for entry in entries])


def test_second_answer_is_refused(world: World) -> None:
    asked = request_correction(world["city"].organization, "名称", actor=world["city-mgr"])
    decide(asked, DONE, "", actor=world["admin"])

    with pytest.raises(IllegalTransition):
        decide(asked, DECLINED, "違います。", actor=world["admin"])


def test_refusal_needs_a_reason(world: World) -> None:
    asked = request_correction(world["city"].organization, "名称", actor=world["city-mgr"])

    with pytest.raises(InvalidInput) as refused:
        decide(asked, DECLINED, "　", actor=world["admin"])

    assert list(refused.value.errors) == ["answer"]


def test_only_the_own_manager_asks_and_only_the_administrator_answers(world: World) -> None:
    body = world["city"].organization
    asked = request_correction(body, "名称", actor=world["city-mgr"])

    for login in ("other-mgr", "city", "lead"):
        with pytest.raises(NotAllowed):
            request_correction(body, "名称", actor=world[login])
    with pytest.raises(NotAllowed):
        decide(asked, DONE, "", actor=world["city-mgr"])


def test_ten_requests_may_wait(world: World) -> None:
    body = world["city"].organization
    for number in range(10):
        request_correction(body, f"依頼{number}", actor=world["city-mgr"])

    with pytest.raises(InvalidInput):
        request_correction(body, "もう1件", actor=world["city-mgr"])


def test_waiting_requests_come_first(world: World) -> None:
    first, second, third = (
        request_correction(world["city"].organization, text, actor=world["city-mgr"])
        for text in ("一", "二", "三")
    )
    decide(first, DONE, "", actor=world["admin"])

    assert [row.id for row in all_requests()] == [second.id, third.id, first.id]
