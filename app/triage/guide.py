"""The decision guide of 令和6年 (判断の手引き): questions, and the category the answers point to.

The guide only suggests; the officer chooses. What was answered is kept with the opinion.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

# Grows whenever a question, an answer or the order changes: old answers stay readable beside it.
GUIDE_VERSION = "R6-1"
VERSION = "guide_version"
SUGGESTION = "suggestion"

YES = "yes"
NO = "no"


class Answer(NamedTuple):
    """One answer to choose (答え)."""

    value: str
    label: str


class Question(NamedTuple):
    """A question of the guide (問い); `registers` are the lists its answer may be read from."""

    key: str
    mark: str
    text: str
    answers: tuple[Answer, ...]
    hint: str = ""
    registers: tuple[str, ...] = ()


MEETS = (Answer(YES, "該当する"), Answer(NO, "該当しない"))
EXISTS = (Answer(YES, "ある"), Answer(NO, "ない"))

# 分類 A–E: any hit goes before F, which is 「上記以外」 (会議資料の分類表).
FIRST_QUESTIONS = (
    Question("types", "A", "TYPESに関係するか", MEETS, registers=("types",)),
    Question("bunken", "B", "令和6年 分権提案に該当するか", MEETS, registers=("bunken",)),
    Question(
        "core20",
        "C",
        "20業務、または密接に関連する業務か",
        MEETS,
        registers=("core20", "closely_related"),
    ),
    Question("keiyu", "D", "経由事務・経由調査か", MEETS, registers=("keiyu_jimu", "keiyu_chosa")),
    Question("dpi", "E", "地方自治体だけの課題ではないもの（DPI）か", MEETS, registers=("dpi",)),
)
SECOND_QUESTIONS = (
    Question(
        "common_system",
        "問1",
        "共通システムが存在するか",
        EXISTS,
        "存在すればF-1",
        ("common_system",),
    ),
    Question(
        "adoption",
        "問2",
        "システムを導入している団体は",
        (Answer("many", "多い"), Answer("some", "一部"), Answer("none", "ない")),
        "ないならF-4",
    ),
    Question(
        "new_issue",
        "問3",
        "新たな課題・新技術、または頻繁な制度改正があるか",
        EXISTS,
        "あれば、問4で効果を見込む材料になります",
    ),
    Question(
        "effect",
        "問4",
        "効果は調整コストを上回るか",
        (
            Answer("exceeds", "上回る"),
            Answer("not_found", "見いだせない"),
            Answer("unclear", "判然としない"),
        ),
        "上回るならF-5、見いだせないならF-2、判然としないならF-3",
    ),
    Question(
        "special",
        "問5",
        "専用端末や補助金による構築に関わるか",
        (Answer(YES, "関わる"), Answer(NO, "関わらない")),
        "関われば、問4の答えによらずF-6（今後の検討の参考）",
    ),
)
QUESTIONS = FIRST_QUESTIONS + SECOND_QUESTIONS

GO_ON = None
# In this order; the first answer that names a category decides. 問3 is kept as a reason only.
STEPS: tuple[tuple[str, dict[str, str | None]], ...] = (
    *((question.key, {YES: question.key, NO: GO_ON}) for question in FIRST_QUESTIONS),
    ("common_system", {YES: "f1", NO: GO_ON}),
    ("adoption", {"none": "f4", "some": GO_ON, "many": GO_ON}),
    ("special", {YES: "f6", NO: GO_ON}),
    ("effect", {"exceeds": "f5", "not_found": "f2", "unclear": "f3"}),
)
GUIDED_KEYS = frozenset(
    category for _key, outcomes in STEPS for category in outcomes.values() if category is not None
)


def suggest(answers: Mapping[str, str]) -> str | None:
    """Key of the category the answers point to (答えの結果).

    None while a question on the way is unanswered. The same answers always give the same key.
    """
    for key, outcomes in STEPS:
        answer = answers.get(key)
        if answer not in outcomes:
            return None
        if outcomes[answer] is not GO_ON:
            return outcomes[answer]
    return None


def next_question(answers: Mapping[str, str]) -> Question | None:
    """Question whose answer is still missing on the way (次に答える問い), None when none is."""
    for key, outcomes in STEPS:
        answer = answers.get(key)
        if answer not in outcomes:
            return next(question for question in QUESTIONS if question.key == key)
        if outcomes[answer] is not GO_ON:
            return None
    return None


def also_met(answers: Mapping[str, str]) -> list[str]:
    """Marks (A–E) answered 該当する besides the one that decides (ほかに当たるもの)."""
    met = [question.mark for question in FIRST_QUESTIONS if answers.get(question.key) == YES]
    return met[1:]


def is_guide_for(category_keys: Collection[str]) -> bool:
    """Whether a scheme has every category of this guide; for any other it is not shown."""
    return GUIDED_KEYS.issubset(category_keys)


def kept_answers(given: Mapping[str, str | None]) -> dict[str, str]:
    """Answers as they are kept with an opinion: known ones, the version and the suggestion.

    Empty when nothing was answered.
    """
    known = {
        question.key: answer.value
        for question in QUESTIONS
        for answer in question.answers
        if given.get(question.key) == answer.value
    }
    if not known:
        return {}
    return {VERSION: GUIDE_VERSION, SUGGESTION: suggest(known) or "", **known}


def answer_lines(answers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Questions with the answers given, in words (手引きへの答え)."""
    return [
        (f"{question.mark}　{question.text}", answer.label)
        for question in QUESTIONS
        for answer in question.answers
        if answers.get(question.key) == answer.value
    ]
