"""Every member of the closed lists has its Japanese word (表示名), and each word is its own."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from app.workflow import labels
from app.workflow.states import Action, FollowUp, State
from app.workflow.terms import Term

TABLES: dict[str, tuple[Mapping[StrEnum, str], type[StrEnum]]] = {
    "states": (labels.STATE_LABELS, State),
    "actions": (labels.ACTION_LABELS, Action),
    "follow-ups": (labels.FOLLOW_UP_LABELS, FollowUp),
    "terms": (labels.TERM_LABELS, Term),
}
SEEN_BY_BODY = {
    State.DRAFT: "下書き",
    State.SUBMITTED: "提出済み",
    State.RETURNED: "差戻し（要対応）",
    State.ACCEPTED: "審査中",
    State.IN_REVIEW: "審査中",
    State.IN_CONFIRMATION: "審査中",
    State.PENDING: "審査中",
    State.CLASSIFIED: "審査中",
    State.CLOSED: "結果通知済み",
    State.WITHDRAWN: "取下げ",
    State.MERGED: "審査中",
}


@pytest.mark.parametrize("name", TABLES)
def test_labels_name_every_member_once(name: str) -> None:
    words, members = TABLES[name]

    assert list(words) == list(members)
    assert len(set(words.values())) == len(words)


def test_every_state_has_a_tone() -> None:
    assert list(labels.STATE_TONES) == list(State)


def test_body_sees_one_word_for_the_desk_of_the_secretariat() -> None:
    assert labels.PROPOSER_STATE_LABELS == SEEN_BY_BODY


@pytest.mark.parametrize(
    ("name", "label"), [("in_review", "仕分け中"), ("classified_f5", "分類確定")]
)
def test_state_label_names_the_state_of_the_machine(name: str, label: str) -> None:
    assert labels.state_label(name) == label
