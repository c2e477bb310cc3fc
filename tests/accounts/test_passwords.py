"""Passwords (パスワード): how they are stored, and which are refused."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from app.accounts.common_passwords import common_words, is_common
from app.accounts.passwords import (
    COMMON,
    check_new_password,
    hash_password,
    is_right_password,
    needs_new_hash,
    stand_in_hash,
)
from app.core.errors import InvalidInput

# As the product would have stored it with weaker parameters.
OLD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("an old password")


def hash_of_somebody() -> str:
    return hash_password("a long enough password")


@pytest.mark.parametrize("make_hash", [hash_of_somebody, stand_in_hash])
def test_p37_stored_hash_is_argon2id_with_19_mib_and_two_passes(
    make_hash: Callable[[], str],
) -> None:
    stored = make_hash()

    found = extract_parameters(stored)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (
        Type.ID,
        19 * 1024,
        2,
        1,
    )
    assert (found.salt_len, found.hash_len) == (16, 32)


def test_same_password_is_stored_under_another_salt() -> None:
    assert hash_password("a long enough password") != hash_password("a long enough password")


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        ("ｐａｓｓ ガラス 123456", True),
        ("pass ガラス 123456", True),
        ("pass ｶﾞﾗｽ 123456", True),
        ("pass ガラス 12345", False),
        ("Pass ガラス 123456", False),
        ("", False),
    ],
)
def test_password_is_the_same_from_any_keyboard(typed: str, is_right: bool) -> None:
    stored = hash_password("pass ガラス 123456")

    assert is_right_password(stored, typed) is is_right


def test_password_over_the_limit_is_wrong_without_hashing() -> None:
    assert not is_right_password("not even a hash", "x" * 129)


def test_broken_hash_is_right_for_nobody() -> None:
    assert not is_right_password("not even a hash", "x")


def test_hash_with_other_parameters_is_renewed() -> None:
    assert (needs_new_hash(OLD_HASH), needs_new_hash(stand_in_hash())) == (True, False)


@pytest.mark.parametrize(
    "password",
    ["bcdghjklmqrsvwx", "rzqk hbvd " * 12 + "mnwpxyjt", "日本語でも十五文字あればよいです"],
)
def test_long_password_is_accepted(password: str) -> None:
    check_new_password(password, login="officer1")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("x" * 14, "パスワードは15文字以上にしてください"),
        ("x" * 129, "パスワードは128文字以内にしてください"),
        ("my Officer1 password", "パスワードにログインIDを含めないでください"),
    ],
)
def test_weak_password_is_refused(password: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_new_password(password, login="officer1")

    assert refused.value.errors == {"password": [words]}


@pytest.mark.parametrize(
    "password",
    [
        "password123456789",
        "P@ssw0rd 2024 0827",
        "qwertyuiopasdfghjkl",
        "111111111111111",
        "x" * 128,
        "　" * 15,
        "aaaaaaaaaaaaaaab",
        "総務省デジタル庁2024年4月1日",
        "厚生労働省20240827!!",
        "令和6年令和6年令和6年令和6年",
        "iloveyou-sakura-fujisan-1",
        "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
        "1qaz2wsx3edc4rfv",
        "kyotsuka-teian-2024",
    ],
)
def test_p37_commonly_guessed_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_new_password(password, login="officer1")

    assert refused.value.errors == {"password": [COMMON]}


def test_p37_words_of_the_list_with_four_digits_are_more_than_a_hundred_thousand() -> None:
    words = sorted(word for word in common_words() if len(word) >= 3)

    missed = [word for word in words if not is_common(f"{word}2468{word}1357")]

    assert (missed, len(words) * 10**4 >= 100_000) == ([], True)


@pytest.mark.parametrize(("has_factor", "is_taken"), [(True, True), (False, False)])
def test_p37_eight_characters_do_beside_a_second_factor(has_factor: bool, is_taken: bool) -> None:
    refusals = []
    try:
        check_new_password("vq8#Lzmk", login="officer1", has_factor=has_factor)
    except InvalidInput as error:
        refusals.append(error)

    assert (refusals == []) is is_taken
