"""What the reviewers of the demo answered to the guide (判断の手引きへの回答)."""

from collections.abc import Mapping

from app.demo.texts import SampleText
from app.triage.guide import FIRST_QUESTIONS, NO, YES, kept_answers

_REST: Mapping[str, Mapping[str, str]] = {
    "f1": {"common_system": YES},
    "f2": {"common_system": NO, "adoption": "many", "special": NO, "effect": "not_found"},
    "f3": {"common_system": NO, "adoption": "some", "special": NO, "effect": "unclear"},
    "f4": {"common_system": NO, "adoption": "none"},
    "f5": {"common_system": NO, "adoption": "some", "special": NO, "effect": "exceeds"},
    "f6": {"common_system": NO, "adoption": "some", "special": YES},
}


def answers_for(text: SampleText) -> dict[str, str]:
    """Answers that lead to the category of a text, as they are kept with the opinion (回答).

    All of A–E are answered; of the rest, questions after the one that decides stay open. A new
    issue or frequent reforms (問3) are answered from the viewpoints ⅰ and ⅱ; for F-2 the reviewer
    found none.
    """
    given = {
        question.key: YES if question.key == text.category else NO for question in FIRST_QUESTIONS
    }
    given |= _REST.get(text.category, {})
    if "effect" in given:
        is_new = text.category != "f2" and bool(text.viewpoints & {"i", "ii"})
        given["new_issue"] = YES if is_new else NO
    return kept_answers(given)
