"""Words that stand in for the real ones when a letter is looked at (文面の見本)."""

from collections.abc import Iterator
from typing import Any

from app.notifications.letters import words_of

# What compose() gives to every letter.
GIVEN = frozenset({"greeting", "url", "office", "contact"})
EXAMPLES: dict[str, str] = {
    "reference": "R6-0001",
    "number": "901016-001",
    "round_label": "令和6年度",
    "round_name": "令和6年度 共通化提案",
    "body_name": "甲県",
    "candidate": "令和6年度の対象候補⑨",
    "plan_version": "第2版",
    "due_on": "9月10日（火）",
    "closes_at": "令和6年8月27日（火）17時00分",
    "received_at": "令和6年8月20日（火）10時15分",
    "proposals": "12",
    "decision": "受け付けます",
    "result": "一致し、分類が確定しました",
}


class SampleWord(str):
    """A word in brackets: its parts are words too, and as a list it has one line (見本の言葉)."""

    __slots__ = ()

    def __getattr__(self, name: str) -> "SampleWord":
        if name.startswith("__"):
            raise AttributeError(name)
        return SampleWord(f"〔{self.strip('〔〕')}・{name}〕")

    def __iter__(self) -> Iterator[Any]:
        yield str(self)


def sample_words(letter: str) -> dict[str, str]:
    """Words for looking at a letter (見本): examples, else the name of the word in brackets.

    Raises NotFound for an unknown letter.
    """
    return {
        name: EXAMPLES.get(name) or SampleWord(f"〔{name}〕") for name in words_of(letter) - GIVEN
    }
