"""Codes of local governments (全国地方公共団体コード)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import codes

FIVE_DIGITS = st.text(alphabet="0123456789", min_size=5, max_size=5)


@pytest.mark.parametrize(
    ("five_digits", "code"),
    [
        ("13000", "130001"),
        ("14100", "141003"),
        ("13114", "131148"),
        ("01000", "010006"),
        ("47000", "470007"),
        ("27100", "271004"),
        # 11 − sum mod 11 is 10 and 11: only the last digit is written.
        ("00005", "000051"),
        ("00013", "000132"),
        ("01012", "010120"),
    ],
)
def test_local_government_code_ends_with_the_check_digit(five_digits: str, code: str) -> None:
    assert codes.local_government_code(five_digits) == code


@pytest.mark.parametrize("five_digits", ["1300", "130001", "1300a", "１３０００", "13000\n", ""])
def test_check_digit_refuses_anything_but_five_digits(five_digits: str) -> None:
    with pytest.raises(ValueError, match="five digits"):
        codes.local_government_check_digit(five_digits)


@pytest.mark.parametrize(
    "code", ["130002", "13000", "1300011", "13000a", "１３０００１", "130001\n", " 130001", ""]
)
def test_is_local_government_code_refuses_a_wrong_code(code: str) -> None:
    assert codes.is_local_government_code(code) is False


@given(FIVE_DIGITS)
def test_is_local_government_code_accepts_exactly_one_last_digit(five_digits: str) -> None:
    accepted = [
        five_digits + last
        for last in "0123456789"
        if codes.is_local_government_code(five_digits + last)
    ]

    assert accepted == [codes.local_government_code(five_digits)]


@given(FIVE_DIGITS, st.integers(0, 4), st.integers(1, 9))
def test_check_digit_finds_most_single_misreadings(five_digits: str, place: int, by: int) -> None:
    misread = str((int(five_digits[place]) + by) % 10)
    other = five_digits[:place] + misread + five_digits[place + 1 :]

    digits = {codes.local_government_check_digit(five) for five in (five_digits, other)}

    # 0 and 10 mod 11 share the digit 1: the one confusion the scheme allows.
    assert len(digits) == 2 or digits == {"1"}
