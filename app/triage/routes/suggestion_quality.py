"""The report on the suggestions over time (候補の品質)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from flask import render_template

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.eras import format_year
from app.registers.models import REGISTER_LABELS
from app.suggestions.engine import ENGINE_VERSION
from app.suggestions.quality import (
    LEAST_OPINIONS,
    ShownOpinion,
    ShownRow,
    Tally,
    falls,
    of_all,
    of_category,
    tally,
)
from app.suggestions.row_names import CATEGORY_OF
from app.triage.routes.blueprint import blueprint
from app.triage.suggestion_outcomes import shown_opinions

DAYS_OF_YEAR = 365
# (label, from, below) in days since the day the register speaks of.
AGES = (
    ("1年未満", -(10**6), DAYS_OF_YEAR),
    ("1年以上2年未満", DAYS_OF_YEAR, 2 * DAYS_OF_YEAR),
    ("2年以上", 2 * DAYS_OF_YEAR, 10**6),
)


class Line(NamedTuple):
    """A line of a table of the report (集計の行)."""

    label: str
    tally: Tally


@blueprint.get("/triage/suggestion-quality")
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def suggestion_quality() -> str:
    """Report how often suggestions were taken, month by month (候補の品質)."""
    opinions = shown_opinions(current_actor())
    months = sorted({opinion.month for opinion in opinions}, reverse=True)
    return render_template(
        "suggestions/quality.html",
        total=of_all(opinions),
        months=[
            (month, _category_lines([row for row in opinions if row.month == month]))
            for month in months
        ],
        ages=_age_lines(opinions),
        versions=_version_lines(opinions),
        falls=falls(opinions),
        month_words=_month_words,
        least_opinions=LEAST_OPINIONS,
        engine_version=ENGINE_VERSION,
    )


def _month_words(month: date) -> str:
    return f"{format_year(month)}{month.month}月"


def _category_lines(opinions: Sequence[ShownOpinion]) -> list[Line]:
    lines = [Line(_words_of(key), of_category(opinions, key)) for key in _keys()]
    told = [line for line in lines if line.tally.shown or line.tally.cited]
    return [*told, Line("計", of_all(opinions))]


def _age_lines(opinions: Sequence[ShownOpinion]) -> list[Line]:
    return [Line(label, tally(opinions, _is_aged(start, end))) for label, start, end in AGES]


def _is_aged(start: int, end: int) -> Callable[[ShownRow], bool]:
    return lambda row: start <= row.register_age_days < end


def _version_lines(opinions: Sequence[ShownOpinion]) -> list[Line]:
    versions = sorted({row.engine_version for opinion in opinions for row in opinion.rows})
    return [Line(version, tally(opinions, _is_of_version(version))) for version in versions]


def _is_of_version(version: str) -> Callable[[ShownRow], bool]:
    return lambda row: row.engine_version == version


def _keys() -> list[str]:
    return list(dict.fromkeys(CATEGORY_OF.values()))


def _words_of(key: str) -> str:
    return "・".join(
        label for register, label in REGISTER_LABELS.items() if CATEGORY_OF[register] == key
    )
