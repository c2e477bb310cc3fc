"""The second person (二次確認の画面)."""

from flask import Flask

from app.triage.models import DecisionKind
from app.triage.queries import open_assessment
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    give_opinion,
    make_in_confirmation,
)
from tests.triage.pages import address, errors_of, messages_of, object_to_opinion, section_of, typed


def test_confirm_shows_the_opinion_and_settles_the_category(app: Flask, world: World) -> None:
    proposal, following = make_in_confirmation(world), make_in_confirmation(world)
    waiting = open_assessment(proposal)
    assert waiting is not None
    browser = enter(app, "officer2")

    page = browser.get(address(proposal, "confirm"))
    done = browser.post(
        address(proposal, "confirm"),
        data=typed(proposal, assessment_id=waiting.id, note="異存なし"),
        follow_redirects=True,
    )

    assert "F-5に当たるもの" in section_of(page, "opinion")
    assert proposal.state_name == "classified_f5"
    assert waiting.decision is not None
    assert (waiting.decision.kind, waiting.decision.note) == (DecisionKind.CONFIRM, "異存なし")
    assert messages_of(done) == [
        f"{proposal.reference}の仕分け意見を確認しました。分類F-5が確定しました。 "
        f"次の1件：{following.reference}　{following.title}"
    ]


def test_confirm_has_one_filled_button_and_the_dispute_apart(app: Flask, world: World) -> None:
    proposal = make_in_confirmation(world)

    page = enter(app, "officer2").get(address(proposal, "confirm"))

    assert page.text.count("button-primary") == 1
    assert f'action="{address(proposal, "dispute")}"' in page.text


def test_dispute_sends_the_case_back_with_both_opinions(app: Flask, world: World) -> None:
    proposal = make_in_confirmation(world)
    waiting = open_assessment(proposal)
    assert waiting is not None

    done = enter(app, "officer2").post(
        address(proposal, "dispute"),
        data=typed(
            proposal, assessment_id=waiting.id, category_key="f2", reason="既に導入されている"
        ),
        follow_redirects=True,
    )

    assert proposal.state is State.IN_REVIEW
    assert waiting.decision is not None
    assert waiting.decision.note == "既に導入されている"
    assert messages_of(done) == [
        f"{proposal.reference}に異議を付けました。仕分け中に戻り、担当者がもう一度意見を登録します。"
    ]


def test_dispute_for_the_same_category_is_refused_at_the_field(app: Flask, world: World) -> None:
    proposal = make_in_confirmation(world)
    waiting = open_assessment(proposal)
    assert waiting is not None

    page = enter(app, "officer2").post(
        address(proposal, "dispute"),
        data=typed(proposal, assessment_id=waiting.id, category_key="f5", reason="残る理由"),
    )

    assert (page.status_code, proposal.state) == (422, State.IN_CONFIRMATION)
    assert errors_of(page) == ["意見と同じ分類です。異議には、別の分類を選んでください"]
    assert "残る理由" in page.text


def test_second_dispute_hands_the_case_to_the_lead(app: Flask, world: World) -> None:
    proposal = make_in_confirmation(world)
    object_to_opinion(world, proposal, "officer2")
    waiting = give_opinion(world, proposal)
    browser = enter(app, "officer3")

    page = browser.get(address(proposal, "confirm"))
    done = browser.post(
        address(proposal, "dispute"),
        data=typed(proposal, assessment_id=waiting.id, category_key="f2", reason="やはり違う"),
        follow_redirects=True,
    )

    assert "2回目の異議です。付けると、意見を述べていない総括が決めます。" in page.text
    assert messages_of(done) == [
        f"{proposal.reference}に異議を付けました。2回目の異議のため、次は総括が決めます。"
    ]
