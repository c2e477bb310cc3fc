"""The answers of the demo lead to the category that the reviewers chose."""

from app.demo.answers import answers_for
from app.demo.texts import read_pending, read_texts
from app.triage.guide import suggest


def test_answers_for_point_to_category_of_the_text() -> None:
    texts = [*read_texts(), *read_pending()]

    elsewhere = [text.title for text in texts if suggest(answers_for(text)) != text.category]

    assert elsewhere == []


def test_answers_for_stop_at_the_question_that_decides() -> None:
    given = {text.category: set(answers_for(text)) for text in read_texts()}

    kept_beside = {"guide_version", "suggestion"}

    assert given["bunken"] - kept_beside == {"types", "bunken"}
    assert "effect" not in given["f4"]
