"""The decision guide (判断の手引き): which category the answers point to."""

from itertools import product

import pytest

from app.registers.models import Register
from app.triage.guide import (
    FIRST_QUESTIONS,
    GUIDE_VERSION,
    GUIDED_KEYS,
    QUESTIONS,
    also_met,
    answer_lines,
    is_guide_for,
    kept_answers,
    next_question,
    suggest,
)

NOT_FIRST = {question.key: "no" for question in FIRST_QUESTIONS}
# Every question after A–E answered; each test changes what it is about.
SECOND = {
    "common_system": "no",
    "adoption": "many",
    "new_issue": "yes",
    "effect": "exceeds",
    "special": "no",
}


@pytest.mark.parametrize(
    ("answers", "category"),
    [
        ({"types": "yes"}, "types"),
        ({"types": "no", "bunken": "yes"}, "bunken"),
        ({"types": "no", "bunken": "no", "core20": "yes"}, "core20"),
        ({**NOT_FIRST, "keiyu": "yes"}, "keiyu"),
        ({**NOT_FIRST, "dpi": "yes"}, "dpi"),
        ({**NOT_FIRST, **SECOND, "common_system": "yes"}, "f1"),
        ({**NOT_FIRST, **SECOND, "effect": "not_found"}, "f2"),
        ({**NOT_FIRST, **SECOND, "effect": "unclear"}, "f3"),
        ({**NOT_FIRST, **SECOND, "adoption": "none"}, "f4"),
        ({**NOT_FIRST, **SECOND}, "f5"),
        ({**NOT_FIRST, **SECOND, "special": "yes"}, "f6"),
    ],
)
def test_suggest_names_the_category_of_the_tree(answers: dict[str, str], category: str) -> None:
    assert suggest(answers) == category


@pytest.mark.parametrize(
    ("stronger", "weaker", "category"),
    [
        ({"types": "yes"}, {"core20": "yes"}, "types"),
        ({"core20": "yes"}, {"common_system": "yes"}, "core20"),
        ({"common_system": "yes"}, {"adoption": "none"}, "f1"),
        ({"adoption": "none"}, {"special": "yes"}, "f4"),
        ({"special": "yes"}, {"effect": "not_found"}, "f6"),
    ],
)
def test_suggest_takes_the_first_hit_on_the_way(
    stronger: dict[str, str], weaker: dict[str, str], category: str
) -> None:
    assert suggest({**NOT_FIRST, **SECOND, **weaker, **stronger}) == category


@pytest.mark.parametrize("missing", ["types", "dpi", "common_system", "adoption", "effect"])
def test_suggest_waits_for_every_answer_on_the_way(missing: str) -> None:
    answers = {**NOT_FIRST, **SECOND}
    del answers[missing]

    assert suggest(answers) is None
    question = next_question(answers)
    assert question is not None
    assert question.key == missing


def test_suggest_waits_for_an_answer_it_knows() -> None:
    assert suggest({**NOT_FIRST, **SECOND, "effect": "maybe"}) is None


def test_next_question_is_none_once_decided() -> None:
    assert next_question({"types": "yes"}) is None
    assert next_question({**NOT_FIRST, **SECOND}) is None


def test_suggest_reaches_every_category_and_no_other() -> None:
    offered = [[None, *(answer.value for answer in question.answers)] for question in QUESTIONS]
    keys = [question.key for question in QUESTIONS]

    found = {
        suggest({key: value for key, value in zip(keys, values, strict=True) if value})
        for values in product(*offered)
    }

    assert found - {None} == GUIDED_KEYS


def test_also_met_names_the_other_hits() -> None:
    assert also_met({"types": "yes", "bunken": "no", "core20": "yes", "dpi": "yes"}) == ["C", "E"]
    assert also_met({"core20": "yes"}) == []


@pytest.mark.parametrize(
    ("keys", "is_shown"),
    [
        (GUIDED_KEYS, True),
        (GUIDED_KEYS | {"f7"}, True),
        (GUIDED_KEYS - {"f6"}, False),
        (frozenset({"alpha", "beta"}), False),
    ],
)
def test_guide_is_for_schemes_with_all_its_categories(keys: frozenset[str], is_shown: bool) -> None:
    assert is_guide_for(keys) is is_shown


def test_kept_answers_carry_version_and_suggestion() -> None:
    given = {"types": "yes", "core20": "no", "effect": "maybe", "other": "yes", "dpi": None}

    assert kept_answers(given) == {
        "guide_version": GUIDE_VERSION,
        "suggestion": "types",
        "types": "yes",
        "core20": "no",
    }


def test_kept_answers_are_empty_when_nothing_was_answered() -> None:
    assert kept_answers({"types": None, "effect": ""}) == {}


def test_answer_lines_are_in_words_and_in_order() -> None:
    kept = kept_answers({"effect": "unclear", "types": "no"})

    assert answer_lines(kept) == [
        ("A　TYPESに関係するか", "該当しない"),
        ("問4　効果は調整コストを上回るか", "判然としない"),
    ]


def test_questions_name_registers_that_exist() -> None:
    named = {name for question in QUESTIONS for name in question.registers}

    assert named == {register.value for register in Register}
