"""The texts of the demo keep the limits of the form, and corrections correct something."""

from app.core.text import count_characters
from app.demo.texts import read_pending, read_texts


def test_texts_keep_the_limits_of_the_form() -> None:
    texts = [*read_texts(), *read_pending()]

    too_long = [
        text.title
        for text in texts
        if count_characters(text.title) > 100
        or count_characters(text.fields["requested_measure"]) > 250
        or count_characters(text.fields["hardship_case"] + text.fields["effect"]) > 700
    ]

    assert (len(texts), too_long) == (232, [])


def test_texts_sent_back_come_again_changed() -> None:
    returned = [text for text in read_texts() if text.returned is not None]

    unchanged = [
        text.title
        for text in returned
        if text.returned is not None
        and text.fields[text.returned.field] == text.returned.first_text
    ]

    assert (len(returned), unchanged) == (24, [])


def test_texts_are_disputed_for_another_category() -> None:
    disputed = [text for text in read_texts() if text.dispute is not None]

    same = [
        text.title
        for text in disputed
        if text.dispute is not None and text.dispute.category == text.category
    ]

    assert (len(disputed), same) == (21, [])
