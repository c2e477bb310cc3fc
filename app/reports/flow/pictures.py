"""The three pictures of the progress (進みの図): burn-up, cumulative flow, throughput."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.reports.flow.drawing import (
    DrawnBand,
    DrawnBar,
    DrawnLine,
    Frame,
    Tick,
    bar_ticks,
    draw_bands,
    draw_bars,
    draw_lines,
)
from app.reports.flow.forecast import Forecast
from app.reports.flow.series import DayLine, Span, is_long, spans
from app.workflow.states import State

# From the bottom up: what is done, then the work backwards from its end, then what waits.
BANDS = (
    State.CLOSED,
    State.CLASSIFIED,
    State.IN_CONFIRMATION,
    State.IN_REVIEW,
    State.ACCEPTED,
    State.SUBMITTED,
    State.PENDING,
    State.RETURNED,
)
# The bars fill the width; nothing is written at their right.
_NO_LABELS = 12
# A forecast further off than this many times the past would press it together: it is told only.
FARTHEST = 2


@dataclass(frozen=True, kw_only=True)
class BurnUp:
    """Received, settled and closed cases over the days (受付・分類確定・終了)."""

    frame: Frame
    lines: tuple[DrawnLine, ...]
    half: str | None
    likely: str | None


@dataclass(frozen=True, kw_only=True)
class CumulativeFlow:
    """Where the cases stood over the days (累積フロー); `numbers` of the last day by state."""

    frame: Frame
    bands: tuple[DrawnBand, ...]
    numbers: tuple[tuple[State, int], ...]


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """Classified cases by week or month (分類確定した件数)."""

    frame: Frame
    bars: tuple[DrawnBar, ...]
    ticks: tuple[Tick, ...]
    spans: tuple[Span, ...]
    is_monthly: bool


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """All pictures of the page (図)."""

    burn_up: BurnUp
    cumulative: CumulativeFlow
    throughput: Throughput


def draw(lines: Sequence[DayLine], forecast: Forecast) -> Pictures:
    """Draw the day lines (図); there is one at least."""
    return Pictures(
        burn_up=_burn_up(lines, forecast),
        cumulative=_cumulative(lines),
        throughput=_throughput(lines),
    )


def _burn_up(lines: Sequence[DayLine], forecast: Forecast) -> BurnUp:
    now = lines[-1]
    marks = [day for day in (forecast.half, forecast.likely) if day]
    is_drawn = bool(marks) and _is_near(lines[0].day, now.day, max(marks))
    frame = Frame(
        first=lines[0].day,
        last=max(marks) if is_drawn else now.day,
        top=max(1, *(line.total for line in lines)),
    )
    days = [line.day for line in lines]
    drawn = draw_lines(
        frame,
        days,
        (
            ("scope", "受付", [line.total for line in lines]),
            ("settled", "分類確定", [line.settled for line in lines]),
            ("closed", "終了", [line.closed for line in lines]),
        ),
    )
    ends = [
        frame.points([now.day, day], [now.settled, now.total]) if is_drawn and day else None
        for day in (forecast.half, forecast.likely)
    ]
    return BurnUp(frame=frame, lines=drawn, half=ends[0], likely=ends[1])


def _is_near(first: date, now: date, end: date) -> bool:
    past = max(14, (now - first).days)
    return (end - now).days <= past * FARTHEST


def _cumulative(lines: Sequence[DayLine]) -> CumulativeFlow:
    now = lines[-1]
    frame = Frame(
        first=lines[0].day,
        last=now.day,
        top=max(1, *(line.total for line in lines)),
        right=_NO_LABELS,
    )
    return CumulativeFlow(
        frame=frame,
        bands=draw_bands(
            frame,
            [line.day for line in lines],
            [(state.value, [line.by_state[state] for line in lines]) for state in BANDS],
        ),
        numbers=tuple((state, now.by_state[state]) for state in reversed(BANDS)),
    )


def _throughput(lines: Sequence[DayLine]) -> Throughput:
    found = spans(lines)
    frame = Frame(
        first=lines[0].day,
        last=lines[-1].day,
        top=max(1, *(span.classified for span in found)),
        right=_NO_LABELS,
    )
    return Throughput(
        frame=frame,
        bars=draw_bars(frame, found),
        ticks=bar_ticks(frame, found),
        spans=tuple(found),
        is_monthly=is_long(lines),
    )
