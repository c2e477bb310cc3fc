"""Texts of the mails (メールの文面): every word is needed, and no text of a case is in them."""

import pytest

from app.notifications.letters import UnfinishedLetter, letter_names, write_letter
from app.notifications.letters import words_of as asked_words
from app.notifications.samples import SampleWord

LETTERS = letter_names()
FRAME = {
    "greeting": "〔greeting〕",
    "url": "〔url〕",
    "office": "〔office〕",
    "contact": "〔contact〕",
}


def words_of(letter: str) -> dict[str, object]:
    return {name: SampleWord(f"〔{name}〕") for name in asked_words(letter)} | FRAME


def test_there_are_letters() -> None:
    assert "receipt" in LETTERS


@pytest.mark.parametrize("letter", LETTERS)
def test_letter_has_a_subject_and_a_body(letter: str) -> None:
    subject, body = write_letter(letter, **words_of(letter))

    assert subject.startswith("【共通化提案】")
    assert body.startswith("〔greeting〕\n")
    assert body.count("〔url〕") == 1


@pytest.mark.parametrize(
    ("letter", "missing"),
    [(letter, word) for letter in LETTERS for word in sorted(asked_words(letter))],
)
def test_letter_without_a_word_is_not_written(letter: str, missing: str) -> None:
    words = words_of(letter)
    del words[missing]

    with pytest.raises(UnfinishedLetter, match=missing):
        write_letter(letter, **words)


@pytest.mark.parametrize("letter", LETTERS)
def test_letter_holds_no_text_of_a_case(letter: str) -> None:
    texts = {"title", "detail", "requested_measure", "hardship_case", "effect", "outcome_text"}

    # The title of a circular is the office's own, of no case.
    own = {"title"} if letter == "mailing" else set()
    assert texts & asked_words(letter) - own == set()
