"""The machine of a scheme (状態機械): every pair of state and action, against a table by hand."""

import pytest

from app.core.errors import IllegalTransition
from app.workflow.machine import actions_from, next_state
from app.workflow.states import Action as A
from app.workflow.states import CategoryView, FollowUp, SchemeView

FOLLOW_UPS = {
    "types": FollowUp.INFORM,
    "bunken": FollowUp.OTHER_PROCESS,
    "core20": FollowUp.HANDOFF,
    "keiyu": FollowUp.HANDOFF,
    "dpi": FollowUp.HANDOFF,
    "f1": FollowUp.HANDOFF,
    "f2": FollowUp.TRIGGER,
    "f3": FollowUp.REVISIT,
    "f4": FollowUp.REVISIT,
    "f5": FollowUp.CANDIDATE,
    "f6": FollowUp.REFERENCE,
}
R6 = SchemeView(
    key="R6",
    version=11,
    categories=tuple(CategoryView(key=key, follow_up=kind) for key, kind in FOLLOW_UPS.items()),
)
F7 = CategoryView(key="f7", follow_up=FollowUp.REVISIT)
R6_WITH_F7 = SchemeView(key="R6", version=12, categories=(*R6.categories, F7))

CLASSIFIED = {
    "classified_types": "分類確定",
    "classified_bunken": "分類確定",
    "classified_core20": "分類確定",
    "classified_keiyu": "分類確定",
    "classified_dpi": "分類確定",
    "classified_f1": "分類確定",
    "classified_f2": "分類確定",
    "classified_f3": "分類確定",
    "classified_f4": "分類確定",
    "classified_f5": "分類確定",
    "classified_f6": "分類確定",
}
STATES = {
    "draft": "下書き",
    "submitted": "形式確認待ち",
    "returned": "差戻し中",
    "accepted": "割当待ち",
    "in_review": "仕分け中",
    "in_confirmation": "確認待ち",
    "pending": "ペンディング",
    "closed": "終了",
    "withdrawn": "取下げ",
    **CLASSIFIED,
}
ACTIONS = {
    A.SUBMIT: "提出する",
    A.WITHDRAW: "取り下げる",
    A.RETURN_FOR_CORRECTION: "団体へ差し戻す",
    A.ACCEPT: "受理する",
    A.ASSIGN: "担当を割り当てる",
    A.ASSESS: "仕分け意見を登録する",
    A.CONFIRM: "仕分け意見を確認する",
    A.DISPUTE: "異議を付ける",
    A.HOLD: "ペンディングにする",
    A.RESUME: "仕分けを再開する",
    A.RECLASSIFY: "仕分け直す",
    A.CLOSE: "結果を知らせて終了する",
    A.REOPEN: "終了を取り消す",
}
# Where an action leads when no category is named. A pair that is not here is refused.
PLAIN_TARGETS = {
    ("draft", A.SUBMIT): "submitted",
    ("returned", A.SUBMIT): "submitted",
    ("submitted", A.WITHDRAW): "withdrawn",
    ("returned", A.WITHDRAW): "withdrawn",
    ("accepted", A.WITHDRAW): "withdrawn",
    ("in_review", A.WITHDRAW): "withdrawn",
    ("in_confirmation", A.WITHDRAW): "withdrawn",
    ("pending", A.WITHDRAW): "withdrawn",
    ("submitted", A.RETURN_FOR_CORRECTION): "returned",
    ("in_review", A.RETURN_FOR_CORRECTION): "returned",
    ("submitted", A.ACCEPT): "accepted",
    ("accepted", A.ASSIGN): "in_review",
    ("in_review", A.ASSIGN): "in_review",
    ("in_confirmation", A.ASSIGN): "in_review",
    ("in_review", A.ASSESS): "in_confirmation",
    ("in_confirmation", A.DISPUTE): "in_review",
    ("in_review", A.HOLD): "pending",
    ("in_confirmation", A.HOLD): "pending",
    ("pending", A.RESUME): "in_review",
    **{(state, A.RECLASSIFY): "in_review" for state in CLASSIFIED},
    **{(state, A.CLOSE): "closed" for state in CLASSIFIED},
}
# Pairs that lead to the category which is named. Any other pair with a category is refused.
CATEGORY_PAIRS = {
    ("in_review", A.ASSESS),
    ("in_confirmation", A.CONFIRM),
    ("closed", A.REOPEN),
}
PAIRS = [(state, action) for state in STATES for action in ACTIONS]


def outcome(state: str, action: A, *, category: str | None = None, scheme: SchemeView = R6) -> str:
    """Return the state after the action, or the words of the refusal."""
    try:
        return next_state(state, action, scheme=scheme, category=category)
    except IllegalTransition as refusal:
        return refusal.message


def refused(state: str, action: A) -> str:
    return (
        f"「{STATES[state]}」の提案に「{ACTIONS[action]}」はできません。"
        "画面を開き直して、今の状態を確かめてください。"
    )


def test_table_by_hand_covers_every_action() -> None:
    assert set(ACTIONS) == set(A)
    assert len(PAIRS) == 20 * 13


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_action_without_category_leads_to_its_target_or_is_refused(state: str, action: A) -> None:
    expected = PLAIN_TARGETS.get((state, action), refused(state, action))

    assert outcome(state, action) == expected


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_action_with_category_leads_to_that_category_or_is_refused(state: str, action: A) -> None:
    is_possible = (state, action) in CATEGORY_PAIRS
    expected = {
        key: f"classified_{key}" if is_possible else refused(state, action) for key in FOLLOW_UPS
    }

    found = {key: outcome(state, action, category=key) for key in FOLLOW_UPS}

    assert found == expected


@pytest.mark.parametrize("state", STATES)
def test_actions_from_a_state_are_those_that_have_an_arrow(state: str) -> None:
    possible = {action for source, action in PLAIN_TARGETS if source == state}
    possible |= {action for source, action in CATEGORY_PAIRS if source == state}

    found = actions_from(state, scheme=R6)

    assert found == tuple(action for action in A if action in possible)


@pytest.mark.parametrize(("state", "action"), sorted(CATEGORY_PAIRS))
def test_category_of_another_scheme_is_refused(state: str, action: A) -> None:
    assert outcome(state, action, category="f7") == refused(state, action)


def test_new_category_changes_nothing_for_the_others() -> None:
    categories = (None, *FOLLOW_UPS)
    asked = [(state, action, category) for state, action in PAIRS for category in categories]

    before = {question: outcome(*question[:2], category=question[2]) for question in asked}
    after = {
        question: outcome(*question[:2], category=question[2], scheme=R6_WITH_F7)
        for question in asked
    }

    assert after == before


@pytest.mark.parametrize(("state", "action"), sorted(CATEGORY_PAIRS))
def test_new_category_can_be_reached(state: str, action: A) -> None:
    assert outcome(state, action, category="f7", scheme=R6_WITH_F7) == "classified_f7"


def test_new_category_has_the_actions_of_its_follow_up() -> None:
    found = actions_from("classified_f7", scheme=R6_WITH_F7)

    assert found == (A.RECLASSIFY, A.CLOSE)


def test_schemes_with_the_same_keys_and_other_versions_do_not_share_a_machine() -> None:
    outcome("closed", A.REOPEN, category="f7", scheme=R6_WITH_F7)

    assert outcome("closed", A.REOPEN, category="f7") == refused("closed", A.REOPEN)
