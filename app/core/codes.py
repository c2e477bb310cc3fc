"""Codes of local governments (全国地方公共団体コード): six digits, the last one a check digit.

Always text: those of 北海道 (01) to 栃木県 (09) begin with zero.
"""

import re

_WEIGHTS = (6, 5, 4, 3, 2)
_FIVE_DIGITS = re.compile(r"[0-9]{5}")
_SIX_DIGITS = re.compile(r"[0-9]{6}")


def local_government_check_digit(five_digits: str) -> str:
    """The check digit (検査数字) to the five digits of prefecture and municipality.

    Weights 6 5 4 3 2; the last digit of 11 − sum mod 11. Anything but five ASCII digits raises
    ValueError.
    """
    if not _FIVE_DIGITS.fullmatch(five_digits):
        raise ValueError(f"five digits expected: {five_digits!r}")
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, five_digits, strict=True))
    return str((11 - total % 11) % 10)


def local_government_code(five_digits: str) -> str:
    """The six-digit code (全国地方公共団体コード): 13000 → 130001. Raises as above."""
    return five_digits + local_government_check_digit(five_digits)


def is_local_government_code(code: str) -> bool:
    """Whether the text is six ASCII digits with the right check digit (団体コードの検査)."""
    return bool(_SIX_DIGITS.fullmatch(code)) and local_government_code(code[:5]) == code
