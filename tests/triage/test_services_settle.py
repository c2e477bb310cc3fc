"""Closing, reopening, classifying anew, withdrawing (終了・取消し・仕分け直し・取下げ)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput
from app.notifications.models import OutboxMessage
from app.triage.queries import assessments_of, current_assignments
from app.triage.services.settle import Close, Reclassify, Reopen, close, reclassify, reopen
from app.triage.services.withdraw import Withdraw, withdraw
from app.workflow.states import State
from tests.factories import (
    World,
    make_classified,
    make_closed,
    make_in_confirmation,
    make_in_state,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def told(session: Session, news: str) -> list[str]:
    messages = session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.startswith(f"{news}:"))
    )
    return sorted(row.recipient.login for row in messages)


@pytest.mark.parametrize(
    ("state", "service", "command", "login", "errors"),
    [
        (
            State.CLASSIFIED,
            reclassify,
            lambda version: Reclassify(version=version, reason=" "),
            "lead",
            {"reason": ["仕分け直す理由を入力してください"]},
        ),
        (
            State.CLASSIFIED,
            close,
            lambda version: Close(version=version, outcome_text="\n"),
            "lead",
            {"outcome_text": ["提案団体に知らせる結果を入力してください"]},
        ),
        (
            State.CLOSED,
            reopen,
            lambda version: Reopen(version=version, reason=""),
            "lead",
            {"reason": ["終了を取り消す理由を入力してください"]},
        ),
        (
            State.IN_REVIEW,
            withdraw,
            lambda version: Withdraw(version=version, reason="　"),
            "city-mgr",
            {"reason": ["取り下げる理由を入力してください"]},
        ),
    ],
)
def test_reason_is_required(
    world: World,
    state: State,
    service: Callable[..., None],
    command: Callable[[int], Any],
    login: str,
    errors: dict[str, list[str]],
) -> None:
    proposal = make_in_state(world, state)

    with pytest.raises(InvalidInput) as refused:
        service(proposal, command(proposal.version), actor=world[login])

    assert refused.value.errors == errors
    assert proposal.state is state


def test_close_tells_the_body_and_keeps_the_category(world: World, db_session: Session) -> None:
    proposal = make_closed(world)

    assert proposal.category is not None
    assert (proposal.category.key, proposal.outcome_text) == ("f5", "対象候補として検討します。")
    assert told(db_session, "closed") == ["city", "city-mgr"]


def test_reopened_case_stands_in_its_category_again(world: World) -> None:
    proposal = make_closed(world)

    command = Reopen(version=proposal.version, reason="結果を書き直すため")
    reopen(proposal, command, actor=world["lead"])

    assert proposal.state_name == "classified_f5"


def test_second_close_tells_the_body_again(world: World, db_session: Session) -> None:
    proposal = make_closed(world)
    reopen(proposal, Reopen(version=proposal.version, reason="誤記"), actor=world["lead"])

    close(proposal, Close(version=proposal.version, outcome_text="訂正"), actor=world["lead"])

    assert told(db_session, "closed") == ["city", "city", "city-mgr", "city-mgr"]


def test_case_classified_anew_loses_its_category_and_its_reviewers(world: World) -> None:
    proposal = make_classified(world)

    command = Reclassify(version=proposal.version, reason="誤りがあったため")
    reclassify(proposal, command, actor=world["lead"])

    assert (proposal.state, proposal.category, current_assignments(proposal)) == (
        State.IN_REVIEW,
        None,
        [],
    )


def test_withdrawal_tells_the_reviewers_and_frees_them(world: World, db_session: Session) -> None:
    proposal = make_in_confirmation(world)

    command = Withdraw(version=proposal.version, reason="予算が付いたため")
    withdraw(proposal, command, actor=world["city-mgr"])

    assert told(db_session, "withdrawn") == ["officer1"]
    assert current_assignments(proposal) == []
    assert [row.status for row in assessments_of(proposal)] == ["superseded"]
