"""The schedule of a plan (スケジュール): tasks × quarters of fiscal years, in four stages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from app.core.eras import format_year

MOST_TASKS = 30
LONGEST_NAME = 60  # characters
# A plan looks so many fiscal years ahead, its own included.
YEARS_AHEAD = 11
QUARTERS = (1, 2, 3, 4)
QUARTER_MONTHS = {1: "4–6月", 2: "7–9月", 3: "10–12月", 4: "1–3月"}


class Stage(StrEnum):
    """Stage of a task (段階), in the order in which they follow each other."""

    STUDY = "study"
    PREPARE = "prepare"
    INTRODUCE = "introduce"
    CONTINUE = "continue"


STAGE_WORDS = {
    Stage.STUDY: "検討",
    Stage.PREPARE: "準備",
    Stage.INTRODUCE: "実施",
    Stage.CONTINUE: "継続",
}


class Quarter(NamedTuple):
    """A quarter of a fiscal year (四半期), 1 is April to June; earlier ones are smaller."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """As it is sent and stored: 2025-1."""
        return f"{self.year}-{self.number}"

    @property
    def words(self) -> str:
        """令和7年度第1四半期（4–6月）."""
        months = QUARTER_MONTHS[self.number]
        return f"{format_year(self.year)}度第{self.number}四半期（{months}）"

    @property
    def ordinal(self) -> int:
        """Number that grows by one from quarter to quarter (通し番号)."""
        return self.year * len(QUARTERS) + self.number - 1


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stage from one quarter to another, both included (段階の期間)."""

    stage: Stage
    start: Quarter
    end: Quarter

    @property
    def words(self) -> str:
        """検討 令和7年度第1四半期（4–6月）～…"""
        return f"{STAGE_WORDS[self.stage]} {self.start.words}～{self.end.words}"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A row of the schedule (工程): its stages in their order."""

    name: str
    spans: tuple[Span, ...]


_QUARTER = re.compile(r"([0-9]{4})-([1-4])")


def read_quarter(text: str) -> Quarter | None:
    """Read the key of a quarter (四半期), None for anything else."""
    found = _QUARTER.fullmatch(text)
    return Quarter(int(found[1]), int(found[2])) if found else None


def quarters_from(first_year: int) -> list[Quarter]:
    """Quarters a plan of a fiscal year may name (選べる四半期)."""
    years = range(first_year, first_year + YEARS_AHEAD)
    return [Quarter(year, number) for year in years for number in QUARTERS]


def span_problems(spans: Iterable[Span], first_year: int) -> dict[str, list[str]]:
    """What is impossible in the stages of one task, by field (ありえない工程).

    A stage ends no earlier than it starts, lies in the years of the plan, and starts after the
    stage before it has ended.
    """
    found: dict[str, list[str]] = {}
    before: Span | None = None
    last_year = first_year + YEARS_AHEAD - 1
    for span in sorted(spans, key=lambda row: list(Stage).index(row.stage)):
        words = STAGE_WORDS[span.stage]
        start, end = f"{span.stage.value}_start", f"{span.stage.value}_end"
        for field, quarter in ((start, span.start), (end, span.end)):
            if not first_year <= quarter.year <= last_year:
                found.setdefault(field, []).append(
                    f"{words}は{format_year(first_year)}度から{format_year(last_year)}度までの間にしてください"
                )
        if span.end < span.start:
            found.setdefault(end, []).append(
                f"{words}の終わりが始まりより前です。終わりを{span.start.words}以後にしてください"
            )
        if before is not None and span.start <= before.end:
            former = STAGE_WORDS[before.stage]
            found.setdefault(start, []).append(
                f"{words}が、{former}の終わる前に始まっています。"
                f"{words}の始まりを{before.end.words}より後にしてください"
            )
        before = span
    return found


def tasks_as_json(tasks: Sequence[Task]) -> dict[str, Any]:
    """The schedule as it is stored (スケジュールの保存)."""
    return {
        "tasks": [
            {
                "name": task.name,
                "spans": [
                    {"stage": row.stage.value, "start": row.start.key, "end": row.end.key}
                    for row in task.spans
                ],
            }
            for task in tasks
        ]
    }


def tasks_from_json(stored: Mapping[str, Any]) -> tuple[Task, ...]:
    """Read what `tasks_as_json` stored; none for {} (スケジュールの読み出し)."""
    return tuple(
        Task(
            name=task["name"],
            spans=tuple(
                Span(
                    stage=Stage(row["stage"]),
                    start=_stored_quarter(row["start"]),
                    end=_stored_quarter(row["end"]),
                )
                for row in task["spans"]
            ),
        )
        for task in stored.get("tasks", ())
    )


def _stored_quarter(key: str) -> Quarter:
    year, number = key.split("-")
    return Quarter(int(year), int(number))


def years_shown(tasks: Sequence[Task], first_year: int) -> range:
    """Fiscal years a chart of these tasks covers (図の年度): at least three."""
    ends = [span.end.year for task in tasks for span in task.spans]
    starts = [span.start.year for task in tasks for span in task.spans]
    first = min([first_year, *starts])
    return range(first, max([*ends, first + 2]) + 1)
