"""The clock (時計): the only reader of time. Instants are aware UTC, dates are dates in JST."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")

_set_instant: ContextVar[datetime | None] = ContextVar("set_instant", default=None)


def now() -> datetime:
    """The present instant (現在時刻), aware, in UTC; inside `at` the instant given there."""
    return _set_instant.get() or datetime.now(UTC)


def machine_now() -> datetime:
    """The instant of the machine (機械の時刻), also inside `at`, aware, in UTC.

    For leases, which hold against processes that do not stand in this block, and for when a made-up
    tick was really written.
    """
    return datetime.now(UTC)


def today() -> date:
    """The date of the present instant in JST (本日)."""
    return now().astimezone(JST).date()


def to_jst(instant: datetime) -> datetime:
    """The same instant on the clocks of Japan (日本時間). A naive one raises ValueError."""
    return _aware(instant).astimezone(JST)


def jst(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    """The instant that a clock in Japan shows so (日本時間の日時)."""
    return datetime(year, month, day, hour, minute, second, tzinfo=JST)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let `now` answer `instant` inside the block (時刻の指定), in this thread or task only.

    For the loading of the demo, for jobs that make up a missed tick, and for tests. Blocks may be
    nested. A naive instant raises ValueError.
    """
    token = _set_instant.set(_aware(instant).astimezone(UTC))
    try:
        yield
    finally:
        _set_instant.reset(token)


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"an instant needs a time zone: {instant!r}")
    return instant
