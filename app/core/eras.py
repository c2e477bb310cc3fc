"""Dates as they are written in Japan (和暦): 令和6年8月27日（火）; read in every usual shape."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from app.core.clock import to_jst, today
from app.core.errors import DomainError

WEEKDAYS = "月火水木金土日"
# A message quotes no more of what was typed.
LONGEST_QUOTE = 40


class Era(NamedTuple):
    """One era name (元号), its letter, and the day from which it counts."""

    name: str
    letter: str
    first_day: date


# The day of change belongs to the new era: the rescripts of 1912 and 1926 say 「以後ヲ改メテ」.
ERAS = (
    Era("令和", "R", date(2019, 5, 1)),
    Era("平成", "H", date(1989, 1, 8)),
    Era("昭和", "S", date(1926, 12, 25)),
    Era("大正", "T", date(1912, 7, 30)),
    Era("明治", "M", date(1868, 1, 25)),
)

_ERA_OF_SIGN = {sign: era for era in ERAS for sign in (era.name, era.name[0], era.letter)}
_WEEKDAY_TAIL = re.compile(r"\(([月火水木金土日])(?:曜日?)?\)$")
_YEAR = r"(?P<era>令和|平成|昭和|大正|明治|[令平昭大明RHSTM])(?P<era_year>元|[0-9]{1,2})"
_MONTH_DAY = (
    r"(?:年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日"
    r"|(?P<mark>[-/.])(?P<month2>[0-9]{1,2})(?P=mark)(?P<day2>[0-9]{1,2}))"
)
_DATE = re.compile(rf"(?:{_YEAR}|(?P<year>[0-9]{{4}})){_MONTH_DAY}")
# Letters that keyboards and word processors put in place of a hyphen.
_HYPHENS = str.maketrans(dict.fromkeys("‐‒–—―−ー", "-"))
_HOW_TO_WRITE = "「令和6年8月27日」「R6.8.27」「2024-08-27」のように書いてください。"


class DateFormatError(DomainError):
    """A text that is not a date of the calendar (日付の書き方の誤り)."""


def format_date(day: date) -> str:
    """The full date (日付): 令和6年8月27日（火）. Before 明治 raises DateFormatError."""
    return f"{_year_in(_era_of(day), day.year)}{format_month_day(day)}"


def format_month_day(day: date) -> str:
    """The date without its year (月日): 8月27日（火）."""
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def format_date_short(day: date) -> str:
    """The date, with its year only when that is not this year in JST: 8月27日（火）."""
    return _format_date_in(day, today().year)


@lru_cache(maxsize=4096)
def _format_date_in(day: date, this_year: int) -> str:
    return format_month_day(day) if day.year == this_year else format_date(day)


def format_datetime(instant: datetime) -> str:
    """The instant in JST (日時): 令和6年8月27日（火）23時59分. A naive one raises ValueError."""
    local = to_jst(instant)
    return f"{format_date(local.date())}{local.hour}時{local.minute:02}分"


def format_datetime_short(instant: datetime) -> str:
    """The instant in JST, with its year only when that is not this year: 8月27日（火）23時59分."""
    local = to_jst(instant)
    return f"{format_date_short(local.date())}{local.hour}時{local.minute:02}分"


def format_year(year: date | int) -> str:
    """The year (年): 令和6年, the first one 元年.

    A number is the year as a whole and is called by the era at its end, as the state calls its
    fiscal years: 2019 is 令和元年. Before 明治 raises DateFormatError.
    """
    day = date(year, 12, 31) if isinstance(year, int) else year
    return _year_in(_era_of(day), day.year)


def format_month(day: date) -> str:
    """The month a day lies in (令和6年9月)."""
    return f"{format_year(day)}{day.month}月"


def fiscal_year(day: date) -> int:
    """The fiscal year (年度) of a day, April to March: 2025-03-31 is in 2024 (財政法11条)."""
    return day.year if day.month >= 4 else day.year - 1


def parse_date(text: str) -> date:
    """Read a date in any usual shape (日付の読み取り).

    令和６年８月２７日, R6.8.27, ㋿6年8月27日, 令和元年5月1日, 2024-08-27, 2024/8/27; full-width
    letters, spaces and a weekday at the end （火） do not matter. Raises DateFormatError when it
    is no date, when the day lies outside the era named, or when the weekday is another one.
    """
    plain = _plain(text)
    tail = _WEEKDAY_TAIL.search(plain)
    found = _DATE.fullmatch(plain[: tail.start()] if tail else plain)
    if found is None:
        raise DateFormatError(f"「{_quoted(text)}」は日付として読めません。{_HOW_TO_WRITE}")
    day = _day_of(found.groupdict(), text)
    if tail and tail[1] != WEEKDAYS[day.weekday()]:
        raise DateFormatError(
            f"「{_quoted(text)}」は日付と曜日が合いません。{format_date(day)}です。"
            "どちらが正しいか確かめてください。"
        )
    return day


def _plain(text: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded.upper().translate(_HYPHENS)


def _day_of(parts: Mapping[str, str | None], text: str) -> date:
    era = _ERA_OF_SIGN[parts["era"]] if parts["era"] else None
    year = _western_year(era, parts["era_year"] or parts["year"] or "")
    month, day = parts["month"] or parts["month2"], parts["day"] or parts["day2"]
    try:
        found = date(year, int(month or ""), int(day or ""))
    except ValueError:
        raise DateFormatError(
            f"「{_quoted(text)}」という日はありません。年・月・日を確かめてください。"
        ) from None
    named = _era_of(found)
    if era is not None and era != named:
        raise DateFormatError(
            f"「{_quoted(text)}」は{era.name}の期間にありません。"
            f"{format_date(found)}のことなら、そのように書いてください。"
        )
    return found


def _western_year(era: Era | None, written: str) -> int:
    if era is None:
        return int(written)
    # 0年 gives the year before the era, which the caller refuses with the right name of that day.
    return era.first_day.year - 1 + (1 if written == "元" else int(written))


def _era_of(day: date) -> Era:
    if isinstance(day, datetime):
        raise TypeError("the date of an instant depends on the zone: take to_jst(instant).date()")
    for era in ERAS:
        if day >= era.first_day:
            return era
    raise DateFormatError(
        f"{day.year}年{day.month}月{day.day}日は明治より前の日で、扱えません。年を確かめてください。"
    )


def _year_in(era: Era, year: int) -> str:
    count = year - era.first_day.year + 1
    return f"{era.name}{'元' if count == 1 else count}年"


def _quoted(text: str) -> str:
    visible = "".join(letter for letter in text if letter.isprintable())
    return visible if len(visible) <= LONGEST_QUOTE else f"{visible[:LONGEST_QUOTE]}…"
