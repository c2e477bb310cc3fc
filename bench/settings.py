"""What a measurement is told, and how it tells its figures."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Database to measure on (sqlite, postgresql) and number of cases.

    `url` names a filled database in place of a new one; `pages` those to measure, all where none
    is named. A measurement that is not `is_kept` leaves bench/results.json as it was.
    """

    database: str
    cases: int
    url: str = ""
    pages: tuple[str, ...] = ()
    is_quick: bool = False
    is_kept: bool = True


Measurement = Callable[[Settings], None]


def say(line: str) -> None:
    """Print a line of figures."""
    print(line, flush=True)


def milliseconds(work: Callable[[], object]) -> float:
    """Time of one call."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def tell(name: str, times: list[float], plain: float) -> None:
    """Print median and p95 of some times, and the median as a multiple of a plain query."""
    median = statistics.median(times)
    p95 = sorted(times)[max(0, round(0.95 * len(times)) - 1)]
    say(f"{name}: median {median:.1f} ms, p95 {p95:.1f} ms, {median / plain:.0f} × plain query")
