"""How good the suggestions were (候補の品質): counted from what stood on the desk at each opinion.

A hit (当たり) is counted at the question: an opinion that cites a row of a category asks whether
the best suggestion of that category, or one of its best three, was among the rows it cites.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.suggestions.models import Verdict

FIRST_PLACES = 3
# A drop is told when a month of so many opinions lies so far below the three months before it.
LEAST_OPINIONS = 20
MONTHS_BEFORE = 3
DROP = 0.10


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A suggestion as it was shown with an opinion; `place` is 1 for the best of its category."""

    category_key: str
    place: int
    verdict: Verdict | None
    register_age_days: int
    engine_version: str


@dataclass(frozen=True, kw_only=True)
class ShownOpinion:
    """An opinion with what was suggested for it, and the categories whose rows it cites."""

    given_on: date
    rows: tuple[ShownRow, ...]
    cited_keys: frozenset[str]

    @property
    def month(self) -> date:
        """First day of its month (月)."""
        return self.given_on.replace(day=1)

    def is_hit(self, category_key: str, places: int) -> bool:
        """Whether one of the best `places` suggestions of a category was cited (当たり)."""
        return any(
            row.verdict is Verdict.ACCEPTED
            for row in self.rows
            if row.category_key == category_key and row.place <= places
        )


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Numbers of one line of the report (候補の集計); rates are None where nothing was cited."""

    shown: int
    accepted: int
    rejected: int
    cited: int
    first_hits: int
    near_hits: int

    @property
    def ignored(self) -> int:
        """Suggestions about which nothing was said (見送り)."""
        return self.shown - self.accepted - self.rejected

    @property
    def first_rate(self) -> float | None:
        """Share of citing opinions whose first suggestion was cited (1番目の的中率)."""
        return self.first_hits / self.cited if self.cited else None

    @property
    def near_rate(self) -> float | None:
        """Share of citing opinions one of whose first three was cited (3番目までの的中率)."""
        return self.near_hits / self.cited if self.cited else None


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A month whose rate fell (的中率の低下): the rate before and the rate of the month."""

    month: date
    before: float
    after: float


def tally(
    opinions: Iterable[ShownOpinion], keep: Callable[[ShownRow], bool], key: str | None = None
) -> Tally:
    """Count the suggestions kept by a condition, and the hits of one category or of all (集計)."""
    given = list(opinions)
    rows = [row for opinion in given for row in opinion.rows if keep(row)]
    cited = [
        (opinion, cited_key)
        for opinion in given
        for cited_key in opinion.cited_keys
        if key is None or cited_key == key
    ]
    return Tally(
        shown=len(rows),
        accepted=sum(row.verdict is Verdict.ACCEPTED for row in rows),
        rejected=sum(row.verdict is Verdict.REJECTED for row in rows),
        cited=len(cited),
        first_hits=sum(opinion.is_hit(cited_key, 1) for opinion, cited_key in cited),
        near_hits=sum(opinion.is_hit(cited_key, FIRST_PLACES) for opinion, cited_key in cited),
    )


def of_category(opinions: Iterable[ShownOpinion], key: str) -> Tally:
    """Numbers of one category (分類ごとの集計)."""
    return tally(opinions, lambda row: row.category_key == key, key)


def of_all(opinions: Iterable[ShownOpinion]) -> Tally:
    """Numbers of all categories together (全体の集計)."""
    return tally(opinions, lambda row: True)


def falls(opinions: Sequence[ShownOpinion]) -> list[Fall]:
    """Months whose rate of the first three fell by DROP or more, newest first (低下の知らせ)."""
    found = []
    for month in sorted({opinion.month for opinion in opinions}, reverse=True):
        earlier = {months_before(month, count) for count in range(1, MONTHS_BEFORE + 1)}
        now = of_all(row for row in opinions if row.month == month)
        before = of_all(row for row in opinions if row.month in earlier)
        if now.cited < LEAST_OPINIONS or before.near_rate is None or now.near_rate is None:
            continue
        # Rates are fractions: a fall of exactly ten points must not be lost to their rounding.
        if round(before.near_rate - now.near_rate, 9) >= DROP:
            found.append(Fall(month=month, before=before.near_rate, after=now.near_rate))
    return found


def months_before(month: date, count: int) -> date:
    """First day of the month that lies so many months before (前の月)."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)
