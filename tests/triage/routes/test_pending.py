"""Pending and resumption (ペンディングの画面)."""

from datetime import date

from flask import Flask

from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    make_in_confirmation,
    make_in_review,
    make_pending,
)
from tests.triage.pages import address, errors_of, messages_of, typed


def test_hold_takes_an_era_date_and_warns_of_a_closed_day(app: Flask, world: World) -> None:
    proposal = make_in_review(world)

    page = enter(app, "officer1").post(
        address(proposal, "hold"),
        data=typed(proposal, reason="照会中", revisit_on="令和6年9月14日", category_key="f2"),
        follow_redirects=True,
    )

    assert (proposal.state, proposal.due_on) == (State.PENDING, date(2024, 9, 14))
    assert proposal.provisional_category is not None
    assert proposal.provisional_category.key == "f2"
    done, warning = messages_of(page)
    assert done.startswith(
        f"{proposal.reference}をペンディングにしました。令和6年9月14日（土）に見直します。"
    )
    assert warning.startswith("見直し日の令和6年9月14日（土）は閉庁日（土曜日）です。")


def test_hold_on_an_office_day_warns_of_nothing(app: Flask, world: World) -> None:
    proposal = make_in_review(world)

    page = enter(app, "officer1").post(
        address(proposal, "hold"),
        data=typed(proposal, reason="照会中", revisit_on="2024-09-13"),
        follow_redirects=True,
    )

    assert len(messages_of(page)) == 1


def test_hold_refusals_keep_what_was_typed(app: Flask, world: World) -> None:
    proposal = make_in_review(world)

    page = enter(app, "officer1").post(
        address(proposal, "hold"), data=typed(proposal, reason="", revisit_on="2024-08-20")
    )

    assert (page.status_code, proposal.state) == (422, State.IN_REVIEW)
    assert errors_of(page) == [
        "ペンディングにする理由を入力してください",
        "見直し日は、明日以降の日付にしてください",
    ]
    assert 'value="2024-08-20"' in page.text


def test_hold_expects_the_category_of_the_waiting_opinion(app: Flask, world: World) -> None:
    proposal = make_in_confirmation(world)

    page = enter(app, "officer1").get(address(proposal, "hold"))

    assert '<option selected value="f5">' in page.text


def test_resume_takes_the_case_up_again(app: Flask, world: World) -> None:
    proposal = make_pending(world)
    browser = enter(app, "officer2")

    page = browser.get(address(proposal, "resume"))
    browser.post(address(proposal, "resume"), data=typed(proposal))

    assert "調査を待つため" in page.text
    assert proposal.state is State.IN_REVIEW
