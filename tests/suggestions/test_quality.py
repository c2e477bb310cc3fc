"""Counting how good the suggestions were (候補の品質)."""

from datetime import date

import pytest

from app.suggestions.models import Verdict
from app.suggestions.quality import (
    LEAST_OPINIONS,
    ShownOpinion,
    ShownRow,
    falls,
    of_all,
    of_category,
)


def shown(key: str, place: int, verdict: Verdict | None = None) -> ShownRow:
    return ShownRow(
        category_key=key, place=place, verdict=verdict, register_age_days=10, engine_version="1"
    )


def opinion(month: int, *rows: ShownRow, cites: str = "core20") -> ShownOpinion:
    return ShownOpinion(
        given_on=date(2024, month, 20), rows=rows, cited_keys=frozenset({cites} - {""})
    )


HIT = (shown("core20", 1, Verdict.ACCEPTED),)
THIRD = (
    shown("core20", 1, Verdict.REJECTED),
    shown("core20", 2),
    shown("core20", 3, Verdict.ACCEPTED),
)
MISS = (shown("types", 1),)


def test_hits_are_counted_at_the_question() -> None:
    opinions = [opinion(9, *HIT), opinion(9, *THIRD), opinion(9, *MISS), opinion(9, cites="types")]

    found = of_category(opinions, "core20")

    assert (found.shown, found.accepted, found.rejected, found.ignored) == (4, 2, 1, 1)
    assert (found.cited, found.first_hits, found.near_hits) == (3, 1, 2)


def test_without_a_citing_opinion_there_is_no_rate() -> None:
    found = of_all([opinion(9, *MISS, cites="")])

    assert (found.shown, found.cited, found.first_rate, found.near_rate) == (1, 0, None, None)


@pytest.mark.parametrize(
    ("missed", "count", "falls_in"),
    [
        (2, LEAST_OPINIONS, [date(2024, 9, 1)]),
        (1, LEAST_OPINIONS, []),
        (2, LEAST_OPINIONS - 1, []),
    ],
)
def test_a_fall_of_ten_points_is_told(missed: int, count: int, falls_in: list[date]) -> None:
    before = [opinion(month, *HIT) for month in (6, 7, 8)]
    now = [opinion(9, *(MISS if index < missed else HIT)) for index in range(count)]

    assert [fall.month for fall in falls([*before, *now])] == falls_in


def test_months_beyond_the_three_before_do_not_count() -> None:
    now = [opinion(9, *MISS) for _ in range(LEAST_OPINIONS)]

    assert falls([opinion(5, *HIT), *now]) == []
    assert [fall.before for fall in falls([opinion(6, *HIT), *now])] == [1.0]
