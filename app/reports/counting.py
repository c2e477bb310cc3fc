"""How a report counts (数え方): as received or as merged, now or as of the end of a past day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core import clock
from app.core.eras import format_date, format_datetime
from app.core.errors import InvalidInput

FIRST_YEAR = 2000
# The daily report of the backlog is made then (日次報告の時刻, JST).
REPORT_HOUR = 8
UNREADABLE = "時点の日付を読み取れません。2024-09-30のように、西暦の年-月-日で指定してください"
CONFLICT_NOTE = "利益相反のある提案を除いた件数です。公表値とは照合していません。"
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


class Basis(StrEnum):
    """What counts as one proposal (数え方).

    RECEIVED: every submission once, in the class of the case it went into; parts do not count.
    MERGED: what went into another case does not count, every part does.
    """

    RECEIVED = "received"
    MERGED = "merged"


BASIS_LABELS: dict[Basis, str] = {Basis.RECEIVED: "受付どおり", Basis.MERGED: "整理後"}
BASIS_NOTES: dict[Basis, str] = {
    Basis.RECEIVED: (
        "数え方は「受付どおり」です。統合した提案は統合先の分類に1件と数え、"
        "分割した部分は数えません。"
    ),
    Basis.MERGED: (
        "数え方は「整理後」です。統合した提案は数えず、分割した部分はそれぞれ1件と数えます。"
        "公表値とは照合していません。"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Counting:
    """How a report counts (数え方・時点); `as_of` is a day of JST, None for this moment.

    `at` is an instant of that day, where one was asked for: what came before it counts.
    """

    basis: Basis = Basis.RECEIVED
    as_of: date | None = None
    at: datetime | None = None

    @property
    def end(self) -> datetime | None:
        """The first instant that no longer counts; None for now.

        Midnight after the day, JST, where no instant was asked for.
        """
        if self.as_of is None or self.at is not None:
            return self.at
        day = self.as_of + timedelta(days=1)
        return clock.jst(day.year, day.month, day.day)

    @property
    def notes(self) -> tuple[str, ...]:
        """How was counted, in words, for under the table (注記)."""
        basis = (BASIS_NOTES[self.basis],)
        if self.as_of is None:
            return basis
        return (*basis, f"{self.as_of_words}（日本時間）の件数です。操作の記録から数えました。")

    @property
    def as_of_words(self) -> str:
        """The instant in words (時点): a day's end, or the minute; "" for now."""
        if self.at is not None:
            return format_datetime(self.at)
        return f"{format_date(self.as_of)}の終わり" if self.as_of else ""

    @property
    def as_of_text(self) -> str:
        """The instant as addresses and commands write it (時点): "" for now."""
        if self.at is not None:
            return as_of_minute(self.at)
        return self.as_of.isoformat() if self.as_of else ""

    def arguments(self) -> dict[str, str]:
        """The address of the same counting (クエリ), the defaults left out."""
        found = {} if self.basis is Basis.RECEIVED else {"basis": self.basis.value}
        return {**found, "as_of": self.as_of_text} if self.as_of else found


NOW = Counting()


def read_counting(asked: Mapping[str, str]) -> Counting:
    """Read `basis` and `as_of` of an address or a command (数え方). Raises InvalidInput."""
    basis = _read_basis(asked.get("basis", ""))
    return replace(read_time(asked.get("as_of", "")), basis=basis)


def read_time(text: str) -> Counting:
    """Read a day, or an instant in Japanese time `2024-09-02T08:00` (時点). Raises InvalidInput."""
    written = text.strip()
    if not _ISO_MINUTE.fullmatch(written):
        return Counting(as_of=read_as_of(written))
    try:
        instant = datetime.fromisoformat(written).replace(tzinfo=clock.JST)
    except ValueError:
        raise _refused(UNREADABLE) from None
    if instant > clock.now():
        raise _refused("時点に先の日時は指定できません。今か、それより前の日時を指定してください")
    return Counting(as_of=read_as_of(written[:10]), at=instant)


def as_of_minute(instant: datetime) -> str:
    """An instant as addresses and commands write it (時点): `2024-09-02T08:00`, JST."""
    return f"{clock.to_jst(instant):%Y-%m-%dT%H:%M}"


def _read_basis(text: str) -> Basis:
    try:
        return Basis(text) if text else Basis.RECEIVED
    except ValueError:
        known = "、".join(f"{basis}（{BASIS_LABELS[basis]}）" for basis in Basis)
        message = f"この数え方はありません。basisには {known} のいずれかを指定してください"
        raise InvalidInput({"basis": [message]}, message + "。") from None


def read_as_of(text: str) -> date | None:
    """Read the day a question is about (時点): 2024-09-30; None for no text.

    Raises InvalidInput for what is no such day, for a future one and for one before the year 2000.
    """
    if not text.strip():
        return None
    day = _iso_day(text.strip())
    if day is None:
        raise _refused(UNREADABLE)
    if day > clock.today():
        raise _refused("時点に先の日は指定できません。今日か、それより前の日を指定してください")
    if day.year < FIRST_YEAR:
        raise _refused(f"時点は{FIRST_YEAR}年より後の日を指定してください")
    return day


def _iso_day(text: str) -> date | None:
    if not _ISO_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _refused(message: str) -> InvalidInput:
    return InvalidInput({"as_of": [message]}, message + "。")
