"""The answers of the demo lead to the category that the reviewers chose."""

from app.demo.answers import answers_for
from app.demo.texts import read_pending, read_texts
from app.triage.guide import FIRST_KEYS, suggest


def test_answers_for_point_to_category_of_the_text() -> None:
    texts = [*read_texts(), *read_pending()]

    elsewhere = [text.title for text in texts if suggest(answers_for(text)) != text.category]

    assert elsewhere == []


def test_answers_for_are_given_to_all_of_a_to_e_and_stop_where_one_decides() -> None:
    given = {text.category: set(answers_for(text)) for text in read_texts()}

    kept_beside = {"guide_version", "suggestion"}

    assert given["bunken"] - kept_beside == set(FIRST_KEYS)
    assert "effect" not in given["f4"]
