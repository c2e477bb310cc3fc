"""Texts of the mails (メールの文面): every word is needed, and no text of a case is in them."""

import re

import pytest
from jinja2 import UndefinedError

from app.notifications.letters import TEMPLATES, write_letter

LETTERS = sorted(file.stem for file in TEMPLATES.glob("*.txt"))
WORD = re.compile(r"{{\s*(\w+)[^}]*}}")


def words_of(letter: str) -> dict[str, str]:
    text = (TEMPLATES / f"{letter}.txt").read_text(encoding="utf-8")
    return {name: f"〔{name}〕" for name in WORD.findall(text)}


def test_there_are_letters() -> None:
    assert "receipt" in LETTERS


@pytest.mark.parametrize("letter", LETTERS)
def test_letter_has_a_subject_and_a_body(letter: str) -> None:
    subject, body = write_letter(letter, **words_of(letter))

    assert subject.startswith("【共通化提案】")
    assert body.startswith("〔greeting〕\n")
    assert body.count("〔url〕") == 1


@pytest.mark.parametrize(
    ("letter", "missing"), [(letter, word) for letter in LETTERS for word in words_of(letter)]
)
def test_letter_without_a_word_is_not_written(letter: str, missing: str) -> None:
    words = words_of(letter)
    del words[missing]

    with pytest.raises(UndefinedError, match=missing):
        write_letter(letter, **words)


@pytest.mark.parametrize("letter", LETTERS)
def test_letter_holds_no_text_of_a_case(letter: str) -> None:
    texts = {"title", "detail", "requested_measure", "hardship_case", "effect", "outcome_text"}

    assert texts & set(words_of(letter)) == set()
