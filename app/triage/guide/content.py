"""Whether a guide can be stored (手引きの検査): the tree stays whole, whatever a lead changes.

A lead changes the order among A–E, the words of a question, and the F category an answer leads to.
Questions and answers are neither added nor taken away: what was answered before stays comparable.
"""

from collections.abc import Collection, Mapping
from typing import Any

from app.core.text import is_blank
from app.rounds.default_guide import DEFAULT_GUIDE
from app.triage.guide.questions import FIRST_KEYS, SECOND_KEYS, SECOND_STEPS

LONGEST_WORDS = 200  # characters

BROKEN = "手引きの問いが欠けています。画面を開き直してください"


def content_errors(
    content: Mapping[str, Any], category_keys: Collection[str]
) -> dict[str, list[str]]:
    """Why a guide cannot be stored, by the names of the fields (手引きの誤り)."""
    if not _is_whole(content):
        return {"order": [BROKEN]}
    errors: dict[str, list[str]] = {}
    for key, row in content["questions"].items():
        if is_blank(row["text"]):
            errors[f"text_{key}"] = ["問いの文を入力してください"]
        for name, words in (("text", row["text"]), ("hint", row["hint"])):
            if len(words) > LONGEST_WORDS:
                errors[f"{name}_{key}"] = [f"{LONGEST_WORDS}文字以内で入力してください"]
    return {**errors, **_outcome_errors(content["questions"], category_keys)}


def _is_whole(content: Mapping[str, Any]) -> bool:
    """Whether questions, marks and answers are those of the guide, and A–E stand in some order."""
    questions, known = content["questions"], DEFAULT_GUIDE["questions"]
    if sorted(content["order"]) != sorted(FIRST_KEYS) or set(questions) != set(known):
        return False
    is_same = all(
        row["mark"] == known[key]["mark"] and row["answers"] == known[key]["answers"]
        for key, row in questions.items()
    )
    first_fixed = all(questions[key]["outcomes"] == known[key]["outcomes"] for key in FIRST_KEYS)
    return is_same and first_fixed


def _outcome_errors(
    questions: Mapping[str, Any], category_keys: Collection[str]
) -> dict[str, list[str]]:
    """An answer leads on, or to a category besides A–E; the last question always ends the way."""
    allowed = set(category_keys) - set(FIRST_KEYS)
    errors: dict[str, list[str]] = {}
    for key in SECOND_KEYS:
        for value, _label in questions[key]["answers"]:
            category = questions[key]["outcomes"].get(value)
            name = f"outcome_{key}_{value}"
            if category is None and key == SECOND_STEPS[-1]:
                errors[name] = ["最後の問いの答えには、分類を選んでください"]
            elif category is not None and (category not in allowed or key not in SECOND_STEPS):
                errors[name] = ["分類を一覧から選んでください"]
    return errors
