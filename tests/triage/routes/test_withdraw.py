"""Withdrawal by the body (取下げの画面)."""

from flask import Flask

from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    make_submitted,
)
from tests.triage.pages import address, typed


def test_withdraw_stops_to_ask_and_then_takes_the_case_back(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    browser = enter(app, "city-mgr")

    page = browser.get(address(proposal, "withdraw"))
    browser.post(address(proposal, "withdraw"), data=typed(proposal, reason="予算が付いたため"))

    assert "取り下げると、元に戻せません" in page.text
    assert page.text.count("button-primary") == 0
    assert proposal.state is State.WITHDRAWN
