"""Errors of the domain (業務上のエラー)."""

import pytest

from app.core import errors


def test_domain_error_carries_message_and_field() -> None:
    error = errors.DomainError("理由を入力してください。", field="reason")

    assert (error.message, error.field, str(error)) == (
        "理由を入力してください。",
        "reason",
        "理由を入力してください。",
    )


@pytest.mark.parametrize(
    "kind", [errors.NotAllowed, errors.NotFound, errors.IllegalTransition, errors.StaleVersion]
)
def test_error_without_words_has_a_message_of_its_own(kind: type[errors.DomainError]) -> None:
    error = kind()

    assert error.message == kind.default_message
    assert error.message != errors.DomainError.default_message


def test_invalid_input_keeps_the_messages_of_each_field() -> None:
    given = {"title": ("100文字以内で入力してください",), "reason": ("入力してください",)}

    error = errors.InvalidInput(given)

    assert error.errors == {
        "title": ["100文字以内で入力してください"],
        "reason": ["入力してください"],
    }
    assert error.field is None
    assert error.message == "入力内容に誤りがあります。示された項目を直してください。"


def test_invalid_input_names_the_field_when_it_is_the_only_one() -> None:
    error = errors.InvalidInput({"title": ["入力してください"]})

    assert error.field == "title"
