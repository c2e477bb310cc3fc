"""What is asked of the flow of a round (進み具合の問い): the day, the window, the seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core import clock
from app.core.calendar import ONE_DAY
from app.core.errors import InvalidInput
from app.reports.counting import Basis, Counting, read_as_of, read_time

DEFAULT_DAYS = 20
WINDOWS = (10, DEFAULT_DAYS, 40)
DEFAULT_SEED = 1
LAST_SEED = 999_999


@dataclass(frozen=True, kw_only=True)
class FlowQuestion(Counting):
    """How a report of the flow counts (数え方): always as merged, each case that goes on by itself.

    `since` is the first day that is drawn (JST), None for the first submission; the last one is
    `as_of`. `days` is the window of the forecast in office days, `seed` the start of its random
    numbers: the same address gives the same answer.
    """

    basis: Basis = Basis.MERGED
    since: date | None = None
    days: int = DEFAULT_DAYS
    seed: int = DEFAULT_SEED

    @property
    def last_whole_day(self) -> date:
        """The last day that is over at the time that is asked about (終わった日)."""
        today = clock.today()
        is_over = self.as_of is not None and self.at is None and self.as_of < today
        return self.as_of if self.as_of and is_over else (self.as_of or today) - ONE_DAY

    def arguments(self) -> dict[str, str]:
        """The address of the same question (クエリ), the defaults left out."""
        said = {
            "as_of": self.as_of_text,
            "from": self.since.isoformat() if self.since else "",
            "days": "" if self.days == DEFAULT_DAYS else str(self.days),
            "seed": "" if self.seed == DEFAULT_SEED else str(self.seed),
        }
        return {name: value for name, value in said.items() if value}


def as_question(counting: Counting) -> FlowQuestion:
    """The question of a caller that only knows the time (数え方): the rest as by default."""
    if isinstance(counting, FlowQuestion):
        return counting
    return FlowQuestion(as_of=counting.as_of, at=counting.at)


def read_question(asked: Mapping[str, str]) -> FlowQuestion:
    """Read `from`, `as_of`, `days` and `seed` of an address (進み具合の問い). Raises InvalidInput.

    `basis` is not read: the flow is that of the cases as they were merged and split.
    """
    time = read_time(asked.get("as_of", ""))
    since = _read_since(asked.get("from", ""))
    if since and time.as_of and since > time.as_of:
        raise _refused("from", "はじめの日が終わりの日より後です。終わりの日までの日にしてください")
    return FlowQuestion(
        as_of=time.as_of,
        at=time.at,
        since=since,
        days=_read_days(asked.get("days", "")),
        seed=_read_seed(asked.get("seed", "")),
    )


def _read_since(text: str) -> date | None:
    try:
        return read_as_of(text)
    except InvalidInput:
        raise _refused(
            "from",
            "はじめの日を読み取れません。2024-09-30のように、今日までの日を西暦の年-月-日で"
            "指定してください",
        ) from None


def _read_days(text: str) -> int:
    if not text.strip():
        return DEFAULT_DAYS
    number = _read_number(text)
    if number not in WINDOWS:
        words = "、".join(map(str, WINDOWS))
        raise _refused("days", f"見込みのもとにする開庁日数は {words} から選んでください")
    return number


def _read_seed(text: str) -> int:
    if not text.strip():
        return DEFAULT_SEED
    number = _read_number(text)
    if number is None:
        raise _refused("seed", f"乱数の種は0から{LAST_SEED:,}までの整数で指定してください")
    return number


def _read_number(text: str) -> int | None:
    """A number without sign, as long as the largest seed at most (整数); None for anything else."""
    plain = text.strip()
    is_number = plain.isdecimal() and len(plain) <= len(str(LAST_SEED))
    return int(plain) if is_number else None


def _refused(field: str, message: str) -> InvalidInput:
    return InvalidInput({field: [message]}, message + "。")
