"""How long the cases took (所要日数): by step and by class, with whom, in office days.

From a day A to a day B are the office days after A up to and including B (初日不算入): 0 on the
same day. So the days of the stays of a case add up to those of the whole, none twice and none lost.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.core.calendar import OfficeCalendar
from app.reports.counting import FIRST_YEAR
from app.reports.flow.histories import OPEN_STATES, SETTLED_STATES, History, Stay
from app.reports.flow.queries import MinistryRun
from app.reports.flow.ranks import HIGH, MEDIAN, percentile
from app.workflow.states import State

# Cases that went on no further by themselves: how long they took says nothing of the work.
GONE_STATES = (State.WITHDRAWN, State.MERGED)


class Share(StrEnum):
    """With whom the time passed (時間の内訳). The parts make the whole."""

    OWN = "own"
    PROPOSER = "proposer"
    MINISTRY = "ministry"
    HELD = "held"
    OTHER = "other"


SHARE_LABELS: dict[Share, str] = {
    Share.OWN: "事務局",
    Share.PROPOSER: "団体",
    Share.MINISTRY: "府省庁",
    Share.HELD: "ペンディング",
    # Days on which the case was closed, withdrawn or merged before it went on.
    Share.OTHER: "止まっていた間",
}
STATE_SHARES: dict[State, Share] = {
    **dict.fromkeys(State, Share.OWN),
    State.RETURNED: Share.PROPOSER,
    State.PENDING: Share.HELD,
    State.CLOSED: Share.OTHER,
    State.WITHDRAWN: Share.OTHER,
    State.MERGED: Share.OTHER,
}


@dataclass(frozen=True, kw_only=True)
class CycleLine:
    """One line of the table (所要日数): `days` of those that are through, `ages` of the others.

    `shares` are the days of all that are through together (延べ), by whom they passed with.
    """

    key: str
    days: tuple[int, ...]
    shares: Mapping[Share, int]
    ages: tuple[int, ...]

    @property
    def median(self) -> int | None:
        """Half of those that are through took no longer (中央値)."""
        return percentile(self.days, MEDIAN)

    @property
    def high(self) -> int | None:
        """85 % of those that are through took no longer (85パーセンタイル)."""
        return percentile(self.days, HIGH)

    @property
    def oldest(self) -> int | None:
        """How long the oldest that is not through has waited by now (最長)."""
        return max(self.ages, default=None)


@dataclass(frozen=True, kw_only=True)
class CycleTimes:
    """All lines of the report (所要日数). `gone` were withdrawn or merged and count in none."""

    steps: tuple[CycleLine, ...]
    wholes: tuple[CycleLine, ...]
    classes: tuple[CycleLine, ...]
    gone: int

    @property
    def lines(self) -> tuple[CycleLine, ...]:
        """Every line, in the order of the tables."""
        return (*self.wholes, *self.steps, *self.classes)


# Before every round.
_BEGINNING = date(FIRST_YEAR, 1, 1)
TO_CLASSIFIED = "to_classified"
TO_CLOSED = "to_closed"
Runs = Mapping[int, Sequence[MinistryRun]]
Ending = Callable[[History], date | None]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What days are counted with (数え方): the calendar, the last day, the first that counts.

    Only what came through on or after `since` is among those that are through (期間).
    """

    calendar: OfficeCalendar
    last: date
    since: date | None
    ministries: Runs
    _places: dict[date, int] = field(default_factory=dict, repr=False)

    def counts(self, through_on: date) -> bool:
        """Whether what came through that day is in the period (期間)."""
        return self.since is None or through_on >= self.since

    def length(self, first: date, last: date) -> int:
        """Office days from a day to another (開庁日数); 0 when the other is not after it."""
        return max(0, self._place(last) - self._place(first))

    def _place(self, day: date) -> int:
        """Office days since a fixed day: thousands of cases ask for the same few days."""
        place = self._places.get(day)
        if place is None:
            place = self._places[day] = self.calendar.office_days_between(_BEGINNING, day)
        return place

    def shares(self, case: History, until: date) -> Counter[Share]:
        """The days of a case up to a day by whom they passed with (内訳)."""
        found: Counter[Share] = Counter()
        runs = self.ministries.get(case.case_id, ())
        for stay in case.stays:
            end = min(stay.until or self.last, until)
            at_ministry = sum(
                self.length(max(run.since, stay.since), min(run.until or self.last, end))
                for run in runs
            )
            found[STATE_SHARES[stay.state]] += self.length(stay.since, end) - at_ministry
            if at_ministry:
                found[Share.MINISTRY] += at_ministry
        return found


def cycle_times(
    cases: Iterable[History], categories: Sequence[str], measure: Measure
) -> CycleTimes:
    """Measure the cases (所要日数); `categories` are the keys of the scheme in its order."""
    cases = list(cases)
    living = [case for case in cases if case.state not in GONE_STATES]
    settled = [case for case in living if case.state in SETTLED_STATES]
    return CycleTimes(
        steps=tuple(_step(state, living, measure) for state in OPEN_STATES),
        wholes=(
            _line(TO_CLASSIFIED, living, _settled_on, measure),
            _line(TO_CLOSED, living, _closed_on, measure),
        ),
        classes=tuple(
            _line(key, [case for case in settled if case.category == key], _settled_on, measure)
            for key in categories
        ),
        gone=len(cases) - len(living),
    )


def _settled_on(case: History) -> date | None:
    return case.settled_on


def _closed_on(case: History) -> date | None:
    return case.closed_on


def _line(key: str, cases: Iterable[History], ends_on: Ending, measure: Measure) -> CycleLine:
    days, ages = [], []
    shares: Counter[Share] = Counter()
    for case in cases:
        end = ends_on(case)
        if end is None:
            ages.append(measure.length(case.submitted_on, measure.last))
        elif measure.counts(end):
            days.append(measure.length(case.submitted_on, end))
            shares += measure.shares(case, end)
    return CycleLine(key=key, days=tuple(days), shares=shares, ages=tuple(ages))


def _step(state: State, cases: Iterable[History], measure: Measure) -> CycleLine:
    """All stays of a case in a state together (手順ごと): through once it stands elsewhere."""
    days, ages = [], []
    for case in cases:
        stays = [stay for stay in case.stays if stay.state is state]
        if not stays:
            continue
        length = sum(measure.length(stay.since, stay.until or measure.last) for stay in stays)
        if case.state is state:
            ages.append(length)
        elif _is_in(stays[-1], measure):
            days.append(length)
    shares = {STATE_SHARES[state]: sum(days)}
    return CycleLine(key=state.value, days=tuple(days), shares=shares, ages=tuple(ages))


def _is_in(stay: Stay, measure: Measure) -> bool:
    return stay.until is not None and measure.counts(stay.until)
