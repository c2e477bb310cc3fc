"""What the answers to the guide lead to (手引きの結果).

The guide only suggests; the officer chooses. What was answered is kept with the opinion. The same
answers to the same version always give the same key.
"""

from collections.abc import Collection, Mapping

from app.rounds.default_guide import YES
from app.triage.guide.questions import FIRST_GUIDE, FIRST_KEYS, Answer, Guide, Question

VERSION = "guide_version"
SUGGESTION = "suggestion"


def suggest(answers: Mapping[str, str], guide: Guide = FIRST_GUIDE) -> str | None:
    """Key of the category the answers point to (答えの結果).

    None while a question on the way is unanswered.
    """
    answer = _deciding(answers, guide)[1]
    return answer.category if answer else None


def next_question(answers: Mapping[str, str], guide: Guide = FIRST_GUIDE) -> Question | None:
    """Question whose answer is still missing on the way (次に答える問い), None when none is."""
    question, answer = _deciding(answers, guide)
    return question if answer is None else None


def met_keys(answers: Mapping[str, str], guide: Guide = FIRST_GUIDE) -> list[str]:
    """Keys of A–E answered 該当する, in the order of the guide (当たるもの)."""
    return [question.key for question in guide.first if answers.get(question.key) == YES]


def also_met(answers: Mapping[str, str], guide: Guide = FIRST_GUIDE) -> list[str]:
    """Marks (A–E) answered 該当する besides the one that decides (ほかに当たるもの)."""
    marks = {question.key: question.mark for question in guide.first}
    return [marks[key] for key in met_keys(answers, guide)[1:]]


def unanswered_first(answers: Mapping[str, str], guide: Guide = FIRST_GUIDE) -> list[Question]:
    """Questions of A–E without an answer: all are asked, also after a hit (未回答)."""
    return [question for question in guide.first if not _answer(answers, question)]


def is_guide_for(category_keys: Collection[str], guide: Guide = FIRST_GUIDE) -> bool:
    """Whether a scheme has every category of this guide; for any other it is not shown."""
    return guide.category_keys.issubset(category_keys)


def kept_answers(given: Mapping[str, str | None], guide: Guide = FIRST_GUIDE) -> dict[str, str]:
    """Answers as they are kept with an opinion: known ones, the version and the suggestion.

    Empty when nothing was answered.
    """
    known = {
        question.key: answer.value
        for question in guide.questions
        for answer in question.answers
        if given.get(question.key) == answer.value
    }
    if not known:
        return {}
    return {VERSION: guide.label, SUGGESTION: suggest(known, guide) or "", **known}


def answer_lines(answers: Mapping[str, str], guide: Guide = FIRST_GUIDE) -> list[tuple[str, str]]:
    """Questions with the answers given, in the words of this guide (手引きへの答え)."""
    return [
        (f"{question.mark}　{question.text}", answer.label)
        for question in guide.questions
        for answer in question.answers
        if answers.get(question.key) == answer.value
    ]


def is_answered(answers: Mapping[str, str]) -> bool:
    """Whether an opinion was given with the guide: at least one of A–E is answered."""
    return any(answers.get(key) for key in FIRST_KEYS)


def _deciding(answers: Mapping[str, str], guide: Guide) -> tuple[Question | None, Answer | None]:
    """Question on which the way ends, and its answer, None while it is missing."""
    for question in guide.steps:
        answer = _answer(answers, question)
        if answer is None or answer.category is not None:
            return question, answer
    return None, None


def _answer(answers: Mapping[str, str], question: Question) -> Answer | None:
    given = answers.get(question.key)
    return next((answer for answer in question.answers if answer.value == given), None)
