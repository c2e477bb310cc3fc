"""After the classification (分類確定後の画面)."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.proposals.models import Proposal
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    make_classified,
    make_closed,
    make_submitted,
)
from tests.triage.pages import address, errors_of, section_of, typed


def test_reclassify_leads_on_to_the_assignment(app: Flask, world: World) -> None:
    proposal = make_classified(world)

    done = enter(app, "lead").post(
        address(proposal, "reclassify"), data=typed(proposal, reason="新しい事実")
    )

    assert proposal.state is State.IN_REVIEW
    assert done.location == address(proposal, "assign")


def test_close_shows_first_what_the_body_will_read(app: Flask, world: World) -> None:
    proposal = make_classified(world)

    page = enter(app, "lead").post(
        address(proposal, "close"),
        data=typed(proposal, preview="1", outcome_text="対象候補として検討します。"),
    )

    assert (page.status_code, proposal.state) == (200, State.CLASSIFIED)
    preview = section_of(page, "preview")
    assert "F-5　F-5に当たるもの" in preview
    assert "F-5の対応方針" in preview
    assert "対象候補として検討します。" in preview


def test_close_tells_the_outcome(app: Flask, world: World) -> None:
    proposal = make_classified(world)

    enter(app, "lead").post(
        address(proposal, "close"),
        data=typed(proposal, outcome_text="対象候補として検討します。"),
    )

    assert (proposal.state, proposal.outcome_text) == (State.CLOSED, "対象候補として検討します。")


def test_reopen_puts_the_case_back_into_its_category(app: Flask, world: World) -> None:
    proposal = make_closed(world)

    enter(app, "lead").post(address(proposal, "reopen"), data=typed(proposal, reason="誤記"))

    assert proposal.state_name == "classified_f5"


@pytest.mark.parametrize(
    ("page", "maker", "login"),
    [
        ("reclassify", make_classified, "lead"),
        ("close", make_classified, "lead"),
        ("reopen", make_closed, "lead"),
        ("withdraw", make_submitted, "city-mgr"),
    ],
)
def test_acts_without_their_text_are_refused(
    app: Flask, world: World, page: str, maker: Callable[[World], Proposal], login: str
) -> None:
    proposal = maker(world)
    before = proposal.state

    answer = enter(app, login).post(address(proposal, page), data=typed(proposal))

    assert (answer.status_code, proposal.state) == (422, before)
    assert len(errors_of(answer)) == 1
