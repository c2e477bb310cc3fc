"""Who may open the pages of the desk and when (仕分けの画面の入口)."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.proposals.models import Proposal
from app.triage.services.assign import Assign, assign
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    check_off,
    declare_conflict,
    make_in_review,
    make_in_state,
    make_submitted,
)
from tests.triage.pages import address, typed

# Where each page is, and a state in which its action is possible.
PAGES = {
    "form-check": State.SUBMITTED,
    "assign": State.ACCEPTED,
    "assess": State.IN_REVIEW,
    "confirm": State.IN_CONFIRMATION,
    "hold": State.IN_REVIEW,
    "resume": State.PENDING,
    "reclassify": State.CLASSIFIED,
    "close": State.CLASSIFIED,
    "reopen": State.CLOSED,
    "withdraw": State.SUBMITTED,
}
# The act of a page, and who may do it besides the state (by role, without conflicts).
OFFICERS = {"officer1", "officer2", "lead"}
OPEN_TO = {
    "form-check": OFFICERS,
    "assign": {"lead"},
    "assess": {"officer1"},
    "confirm": {"officer2", "lead"},
    "hold": OFFICERS,
    "resume": OFFICERS,
    "reclassify": {"lead"},
    "close": {"lead"},
    "reopen": {"lead"},
    "withdraw": {"city-mgr"},
}


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_for_those_who_may_act_and_hides_a_case_with_a_conflict(
    app: Flask, world: World, page: str
) -> None:
    proposal = make_in_state(world, PAGES[page])

    answers = {
        login: enter(app, login).get(address(proposal, page)).status_code
        for login in ("officer1", "officer2", "lead", "auditor", "admin", "city-mgr", "city")
    }

    assert {login for login, status in answers.items() if status == 200} == OPEN_TO[page]
    assert {status for login, status in answers.items() if login not in OPEN_TO[page]} == {403}
    if page != "withdraw":
        declare_conflict(world["lead"], proposal=proposal)
        assert enter(app, "lead").get(address(proposal, page)).status_code == 404


@pytest.mark.parametrize("page", [page for page in PAGES if page != "withdraw"])
def test_page_is_refused_in_another_state(app: Flask, world: World, page: str) -> None:
    proposal = make_in_state(world, State.WITHDRAWN)
    login = "officer1" if "officer1" in OPEN_TO[page] and page != "assess" else "lead"

    status = enter(app, login).get(address(proposal, page)).status_code

    assert status == (403 if page == "assess" else 409)


def test_withdraw_hides_the_case_of_another_body(app: Flask, world: World) -> None:
    proposal = make_submitted(world)

    assert enter(app, "other-mgr").get(address(proposal, "withdraw")).status_code == 404


def test_reading_a_page_changes_nothing(app: Flask, world: World) -> None:
    proposal = make_in_review(world)
    before = proposal.version

    enter(app, "officer1").get(address(proposal, "assess"))

    assert (proposal.version, proposal.state) == (before, State.IN_REVIEW)


def test_form_of_another_version_shows_what_was_typed(app: Flask, world: World) -> None:
    proposal = make_in_review(world)
    opened = typed(proposal, category_key="f5", reason="先に書いた理由")
    command = Assign(version=proposal.version, reviewer_ids=(world["officer2"].id,))
    assign(proposal, command, actor=world["lead"])

    page = enter(app, "officer1").post(address(proposal, "assess"), data=opened)

    assert page.status_code == 409
    assert "ほかの人が先に変更しました" in page.text
    assert "先に書いた理由" in page.text


def test_version_that_no_column_holds_is_an_older_one_and_no_fault(
    app: Flask, world: World
) -> None:
    proposal = make_in_review(world)
    opened = {**typed(proposal, reason="先に書いた理由"), "version": "9" * 30}

    page = enter(app, "officer1").post(address(proposal, "assess"), data=opened)

    assert (page.status_code, "先に書いた理由" in page.text) == (409, True)


def test_rows_of_a_late_form_are_shown_too(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    opened = typed(proposal, **{"items-1-field": "title", "items-1-reason": "書き足してほしい"})
    check_off(proposal, world["officer2"])
    make_later = make_version_later(app, proposal)

    page = make_later(opened)

    assert page.status_code == 409
    assert "書き足してほしい" in page.text


def make_version_later(
    app: Flask, proposal: Proposal
) -> Callable[[dict[str, object]], TestResponse]:
    """Let somebody accept the case before the form of officer1 arrives."""
    enter(app, "officer2").post(address(proposal, "accept"), data=typed(proposal))
    return lambda data: enter(app, "officer1").post(address(proposal, "return"), data=data)
