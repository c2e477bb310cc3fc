"""Figures of a cost table (費用の数字): read exactly, said exactly, never rounded."""

import re
import unicodedata
from decimal import Decimal

from app.core.errors import DomainError

MOST_DIGITS = 13  # before the point
MOST_DECIMALS = 3
MOST_BODIES = 99_999
LONGEST_YEARS = 20
_QUOTED = 20  # characters of a wrong figure that a message repeats

_FIGURE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_NEGATIVE = re.compile(r"[-−‐▲△]")


class FigureError(DomainError):
    """A text that is no figure of a cost table (数字の誤り)."""


def read_amount(text: str) -> Decimal | None:
    """Read an amount of money (金額), None for an empty cell: what is missing is never 0.

    Full-width digits and 1,234 are read; at most 13 digits and 3 decimals. Raises FigureError.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    if _NEGATIVE.match(plain):
        raise FigureError(
            f"「{_quoted(text)}」のようなマイナスの金額は入力できません。0以上の数字を入力してください"
        )
    if not _FIGURE.fullmatch(plain) or not plain.isascii():
        raise FigureError(
            f"「{_quoted(text)}」は数字として読めません。12,000のように数字だけを入力してください"
            "（単位は表の上で選びます）"
        )
    whole, _, decimals = plain.replace(",", "").partition(".")
    if len(whole.lstrip("0")) > MOST_DIGITS:
        raise FigureError(f"金額は{MOST_DIGITS}桁以内で入力してください。単位を確かめてください")
    if len(decimals.rstrip("0")) > MOST_DECIMALS:
        raise FigureError(f"小数は{MOST_DECIMALS}桁までです")
    return Decimal(f"{whole}.{decimals or '0'}")


def read_whole(text: str, *, most: int, unit: str, least: int = 0) -> int | None:
    """Read a number of years or bodies (年数・団体数), None for nothing. Raises FigureError."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if not plain:
        return None
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= MOST_DIGITS
    if not is_number or not least <= int(plain) <= most:
        raise FigureError(
            f"「{_quoted(text)}」は入力できません。{least}から{most:,}までの整数（{unit}）を入力してください"
        )
    return int(plain)


def amount_words(amount: Decimal) -> str:
    """The amount with thousands separators, as exact as it was given (金額の表記): 12,000.5."""
    sign = "−" if amount < 0 else ""
    written = f"{abs(amount):,f}"
    return sign + (written.rstrip("0").rstrip(".") if "." in written else written)


def typed_amount(amount: Decimal | None) -> str:
    """The amount as it stands in an input (入力欄の表記), "" for none."""
    return "" if amount is None else amount_words(amount)


def _quoted(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
