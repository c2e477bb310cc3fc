"""Lines of the report on the suggestions (候補の品質の行): by month, age of register, version.

One making for the page and for the file, so that both tell the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.core.eras import format_year
from app.registers.models import REGISTER_LABELS
from app.suggestions.quality import (
    Fall,
    ShownOpinion,
    ShownRow,
    Tally,
    falls,
    of_all,
    of_category,
    tally,
)
from app.suggestions.row_names import CATEGORY_OF

DAYS_OF_YEAR = 365
# (label, from, below) in days since the day the register speaks of.
AGES = (
    ("1年未満", -(10**6), DAYS_OF_YEAR),
    ("1年以上2年未満", DAYS_OF_YEAR, 2 * DAYS_OF_YEAR),
    ("2年以上", 2 * DAYS_OF_YEAR, 10**6),
)
TOTAL = "計"


class Line(NamedTuple):
    """A line of a table of the report (集計の行)."""

    label: str
    tally: Tally


@dataclass(frozen=True, kw_only=True)
class QualityLines:
    """All lines of the report (候補の品質); the months newest first, each with its total last."""

    total: Tally
    months: list[tuple[date, list[Line]]]
    ages: list[Line]
    versions: list[Line]
    falls: list[Fall]


def quality_lines(opinions: Sequence[ShownOpinion]) -> QualityLines:
    """Count opinions with what was shown for them (候補の品質の集計)."""
    months = sorted({opinion.month for opinion in opinions}, reverse=True)
    return QualityLines(
        total=of_all(opinions),
        months=[
            (month, _category_lines([row for row in opinions if row.month == month]))
            for month in months
        ],
        ages=[Line(label, tally(opinions, _is_aged(start, end))) for label, start, end in AGES],
        versions=_version_lines(opinions),
        falls=falls(opinions),
    )


def month_words(month: date) -> str:
    """A month as it is printed (令和6年9月)."""
    return f"{format_year(month)}{month.month}月"


def _category_lines(opinions: Sequence[ShownOpinion]) -> list[Line]:
    keys = dict.fromkeys(CATEGORY_OF.values())
    lines = [Line(_words_of(key), of_category(opinions, key)) for key in keys]
    told = [line for line in lines if line.tally.shown or line.tally.cited]
    return [*told, Line(TOTAL, of_all(opinions))]


def _version_lines(opinions: Sequence[ShownOpinion]) -> list[Line]:
    versions = sorted({row.engine_version for opinion in opinions for row in opinion.rows})
    return [Line(version, tally(opinions, _is_of_version(version))) for version in versions]


def _is_aged(start: int, end: int) -> Callable[[ShownRow], bool]:
    return lambda row: start <= row.register_age_days < end


def _is_of_version(version: str) -> Callable[[ShownRow], bool]:
    return lambda row: row.engine_version == version


def _words_of(key: str) -> str:
    return "・".join(
        label for register, label in REGISTER_LABELS.items() if CATEGORY_OF[register] == key
    )
