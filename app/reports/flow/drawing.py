"""Geometry of the pictures (図の座標): numbers for the templates, which draw them as SVG.

Everything is in the units of a view box that is as wide as a small screen, so that words stay
legible there; a wide screen enlarges it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from app.reports.flow.series import Span

WIDTH, HEIGHT = 380, 250
LEFT, RIGHT, TOP, BOTTOM = 34, 88, 14, 28
# As many numbers on the upright axis as are read at a glance, dates as fit beside one another.
MOST_STEPS = 5
MOST_DATES = 3
LABEL_GAP = 15


class Tick(NamedTuple):
    """A mark on an axis (目盛り): where, and its words."""

    at: float
    words: str


class DrawnLine(NamedTuple):
    """A line with its words at its end (折れ線); `kind` names its look."""

    kind: str
    points: str
    words: str
    words_x: float
    words_y: float


class DrawnBand(NamedTuple):
    """An area between two lines (帯); `kind` names its pattern."""

    kind: str
    points: str


class DrawnBar(NamedTuple):
    """An upright bar (棒) with its number above; `words` say what it stands for."""

    x: float
    y: float
    width: float
    height: float
    number: int


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The field of a picture (図の枠): days from `first` to `last`, cases from 0 to `top`."""

    first: date
    last: date
    top: int
    right: int = RIGHT

    @property
    def width(self) -> int:
        """Width of the field without the axes."""
        return WIDTH - LEFT - self.right

    @property
    def days(self) -> int:
        """Days from the first to the last, one at least: a single day fills the field."""
        return max(1, (self.last - self.first).days)

    def x(self, day: date) -> float:
        """Where a day is."""
        return round(LEFT + self.width * (day - self.first).days / self.days, 1)

    def y(self, number: float) -> float:
        """Where a number of cases is."""
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * number / self.top, 1)

    def points(self, days: Sequence[date], numbers: Sequence[int]) -> str:
        """A line through the numbers of the days; a single day is drawn as a level line."""
        pairs = [(self.x(day), self.y(number)) for day, number in zip(days, numbers, strict=True)]
        if len(pairs) == 1:
            pairs.append((float(LEFT + self.width), pairs[0][1]))
        return " ".join(f"{x:g},{y:g}" for x, y in pairs)

    @property
    def date_ticks(self) -> tuple[Tick, ...]:
        """Dates along the lower axis (日付の目盛り), the first and the last always."""
        count = min(MOST_DATES, (self.last - self.first).days + 1)
        steps = max(1, count - 1)
        days = [
            self.first + timedelta(days=round((self.last - self.first).days * step / steps))
            for step in range(count)
        ]
        return tuple(Tick(self.x(day), f"{day.month}月{day.day}日") for day in days)

    @property
    def number_ticks(self) -> tuple[Tick, ...]:
        """Numbers along the upright axis (件数の目盛り)."""
        step = tick_step(self.top)
        return tuple(Tick(self.y(number), f"{number:,}") for number in range(0, self.top + 1, step))


def tick_step(top: int) -> int:
    """The distance of the numbers on an axis: 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if top <= factor * power * MOST_STEPS:
                return factor * power
        power *= 10


def spread(wanted: Sequence[float]) -> list[float]:
    """Move words apart that would stand on one another (文字の重なり), the upper ones upwards.

    Of two at one height the first stands above.
    """
    order = sorted(range(len(wanted)), key=lambda index: (-wanted[index], -index))
    placed = list(wanted)
    for lower, upper in pairwise(order):
        placed[upper] = min(placed[upper], placed[lower] - LABEL_GAP)
    # At the upper edge there is no room: there the lower ones go down.
    placed = [max(place, TOP - 2) for place in placed]
    for upper, lower in pairwise(reversed(order)):
        placed[lower] = max(placed[lower], placed[upper] + LABEL_GAP)
    return [round(place, 1) for place in placed]


def draw_lines(
    frame: Frame, days: Sequence[date], lines: Iterable[tuple[str, str, Sequence[int]]]
) -> tuple[DrawnLine, ...]:
    """Draw lines of (kind, label, numbers) with label and last number at their ends (折れ線)."""
    lines = list(lines)
    places = spread([frame.y(numbers[-1]) + 4 for _, _, numbers in lines])
    end = frame.x(days[-1]) if len(days) > 1 else float(LEFT + frame.width)
    return tuple(
        DrawnLine(kind, frame.points(days, numbers), f"{label} {numbers[-1]:,}", end + 5, place)
        for (kind, label, numbers), place in zip(lines, places, strict=True)
    )


def draw_bands(
    frame: Frame, days: Sequence[date], bands: Iterable[tuple[str, Sequence[int]]]
) -> tuple[DrawnBand, ...]:
    """Draw areas of (kind, numbers) one upon the other, the first at the bottom (累積の帯)."""
    floor = [0] * len(days)
    drawn = []
    for kind, numbers in bands:
        roof = [below + number for below, number in zip(floor, numbers, strict=True)]
        back = frame.points(days, floor).split(" ")[::-1]
        if any(numbers):
            drawn.append(DrawnBand(kind, " ".join([frame.points(days, roof), *back])))
        floor = roof
    return tuple(drawn)


def draw_bars(frame: Frame, spans: Sequence[Span]) -> tuple[DrawnBar, ...]:
    """Draw the classified cases of some spans as bars (週・月ごとの棒)."""
    room = frame.width / len(spans)
    return tuple(
        DrawnBar(
            x=round(LEFT + room * index + room * 0.12, 1),
            y=frame.y(span.classified),
            width=round(room * 0.76, 1),
            height=round(HEIGHT - BOTTOM - frame.y(span.classified), 1),
            number=span.classified,
        )
        for index, span in enumerate(spans)
    )


def bar_ticks(frame: Frame, spans: Sequence[Span]) -> tuple[Tick, ...]:
    """First days of the spans under the bars (週・月の目盛り), as many as fit."""
    room = frame.width / len(spans)
    each = ceil(len(spans) / MOST_DATES)
    return tuple(
        Tick(round(LEFT + room * (index + 0.5), 1), f"{span.first.month}月{span.first.day}日")
        for index, span in enumerate(spans)
        if index % each == 0
    )
