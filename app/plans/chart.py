"""Geometry of the schedule chart (スケジュールの図): drawn as SVG, the words stand in the bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.eras import format_year
from app.plans.schedule import QUARTERS, STAGE_WORDS, Quarter, Task, years_shown

QUARTER_WIDTH = 30
ROW_HEIGHT = 34
HEAD_HEIGHT = 42
NAME_WIDTH = 180
BAR_HEIGHT = 22
_NAME_LETTERS = 13


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One stage of a task (段階の帯), in pixels."""

    stage: str
    words: str
    title: str
    x: int
    width: int
    y: int


@dataclass(frozen=True, kw_only=True)
class ChartRow:
    """A task (工程) with its bars; a long name is cut, the table beside has it whole."""

    name: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class YearMark:
    """Head of a fiscal year (年度の見出し)."""

    words: str
    x: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The chart (図): size, years, rows."""

    width: int
    height: int
    years: tuple[YearMark, ...]
    quarters: tuple[int, ...]
    rows: tuple[ChartRow, ...]


def chart(tasks: Sequence[Task], first_year: int) -> Chart:
    """Lay the tasks out, a quarter 30 px wide (スケジュールの図)."""
    years = years_shown(tasks, first_year)
    origin = Quarter(years.start, 1).ordinal
    count = len(years) * len(QUARTERS)
    return Chart(
        width=NAME_WIDTH + count * QUARTER_WIDTH,
        height=HEAD_HEIGHT + max(len(tasks), 1) * ROW_HEIGHT,
        years=tuple(
            YearMark(
                words=f"{format_year(year)}度",
                x=NAME_WIDTH + number * len(QUARTERS) * QUARTER_WIDTH,
            )
            for number, year in enumerate(years)
        ),
        quarters=tuple(NAME_WIDTH + number * QUARTER_WIDTH for number in range(count)),
        rows=tuple(_row(number, task, origin) for number, task in enumerate(tasks)),
    )


def _row(number: int, task: Task, origin: int) -> ChartRow:
    y = HEAD_HEIGHT + number * ROW_HEIGHT
    bars = tuple(
        Bar(
            stage=span.stage.value,
            words=STAGE_WORDS[span.stage],
            title=f"{task.name}：{span.words}",
            x=NAME_WIDTH + (span.start.ordinal - origin) * QUARTER_WIDTH + 1,
            width=(span.end.ordinal - span.start.ordinal + 1) * QUARTER_WIDTH - 2,
            y=y + (ROW_HEIGHT - BAR_HEIGHT) // 2,
        )
        for span in task.spans
    )
    is_long = len(task.name) > _NAME_LETTERS
    name = f"{task.name[: _NAME_LETTERS - 1]}…" if is_long else task.name
    return ChartRow(name=name, y=y, bars=bars)
