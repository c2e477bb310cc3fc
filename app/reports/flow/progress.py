"""The report on the progress of a round (仕分けの進み): day lines, pictures, forecast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.accounts.models import User
from app.core import clock
from app.core.calendar import ONE_DAY, CalendarRangeError, OfficeCalendar
from app.core.closing_days import office_calendar
from app.core.tabular import Column, Table
from app.reports.cases import has_any_conflict, round_cases
from app.reports.counting import CONFLICT_NOTE, Counting
from app.reports.flow.forecast import Forecast, forecast_of
from app.reports.flow.histories import COUNTED_STATES, histories
from app.reports.flow.pictures import Pictures, draw
from app.reports.flow.queries import moves_of
from app.reports.flow.question import LAST_SEED, FlowQuestion, as_question
from app.reports.flow.series import DayLine, day_lines, last_movement
from app.reports.flow.words import basis_words, forecast_words
from app.reports.report import Amount, Report, SumCheck, notes_of
from app.rounds.models import Round
from app.workflow.labels import STATE_LABELS
from app.workflow.states import State

NAME = "flow"
TITLE = "仕分けの進み"
# A picture ends with the last movement once nothing moved for this many office days.
STALLED_AFTER = 20
# More days than this stand in the table of the page by the week; files have every day.
MOST_DAILY_ROWS = 31


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What the page of the report draws (仕分けの進み).

    `lines` are the days that are drawn; `moved_on` the last on which anything moved. `is_stalled`
    says that the pictures end there, not on the day that was asked for.
    """

    question: FlowQuestion
    last: date
    lines: tuple[DayLine, ...]
    rows: tuple[DayLine, ...]
    moved_on: date | None
    is_stalled: bool
    forecast: Forecast
    forecast_words: str
    forecast_basis: str
    pictures: Pictures | None

    @property
    def states(self) -> tuple[State, ...]:
        """The states in the order of the work, as the table has them (状態)."""
        return COUNTED_STATES

    @property
    def next_seed(self) -> dict[str, str]:
        """The address of the same question with the next seed (乱数の種を替える)."""
        seed = (self.question.seed + 1) % (LAST_SEED + 1)
        return {"seed": str(seed), **replace(self.question, seed=seed).arguments()}

    @property
    def now(self) -> DayLine | None:
        """The last day line (現在の件数); None before the first submission."""
        return self.lines[-1] if self.lines else None


def build_flow(round_: Round, reader: User | None, counting: Counting) -> Report:
    """Count the progress of the round (仕分けの進み) from the trail of its cases."""
    question = as_question(counting)
    last = question.as_of or clock.today()
    cases = histories(moves_of(round_, reader, question.end))
    lines = day_lines(cases, last)
    counted = len(round_cases(round_, reader, question).counted)
    progress = _progress(lines, last, question, office_calendar())
    is_whole = reader is None or not has_any_conflict(reader)
    checks = (_check(lines, counted),)
    notes = question.notes if is_whole else (*question.notes, CONFLICT_NOTE)
    table = Table(
        title=f"{TITLE}（{round_.label}）",
        columns=COLUMNS,
        rows=[_row(line) for line in progress.lines],
        notes=(*notes, progress.forecast_words, *notes_of(checks, None)),
    )
    return Report(
        name=NAME,
        title=TITLE,
        round=round_,
        counted_at=clock.now(),
        total=counted,
        table=table,
        records=table,
        checks=checks,
        comparison=None,
        content=progress,
        counting=question,
        is_whole=is_whole,
    )


def _progress(
    lines: Sequence[DayLine], last: date, question: FlowQuestion, calendar: OfficeCalendar
) -> Progress:
    now = lines[-1].by_state if lines else {}
    forecast = forecast_of(lines, now.get(State.PENDING, 0), question, calendar)
    moved_on = last_movement(lines) if lines else None
    is_stalled = (
        moved_on is not None and question.as_of is None and _is_long(moved_on, last, calendar)
    )
    drawn = _drawn(lines, question.since, moved_on if is_stalled else None)
    return Progress(
        question=question,
        last=last,
        lines=drawn,
        rows=_page_rows(drawn),
        moved_on=moved_on,
        is_stalled=is_stalled,
        forecast=forecast,
        forecast_words=forecast_words(forecast),
        forecast_basis=basis_words(forecast),
        pictures=draw(drawn, forecast) if drawn else None,
    )


def _is_long(moved_on: date, last: date, calendar: OfficeCalendar) -> bool:
    try:
        return calendar.office_days_between(moved_on, last) > STALLED_AFTER
    except CalendarRangeError:
        return True


def _drawn(lines: Sequence[DayLine], since: date | None, until: date | None) -> tuple[DayLine, ...]:
    """The days of the period (期間); the last one at least where the period begins after it."""
    ending = [line for line in lines if until is None or line.day <= until]
    return tuple(line for line in ending if since is None or line.day >= since) or tuple(
        ending[-1:]
    )


def _page_rows(lines: Sequence[DayLine]) -> tuple[DayLine, ...]:
    """Every day, or in a long period the last day of each week (Sunday), and the very last."""
    if len(lines) <= MOST_DAILY_ROWS:
        return tuple(lines)
    return tuple(line for line in lines if line is lines[-1] or (line.day + ONE_DAY).weekday() == 0)


def _check(lines: Sequence[DayLine], counted: int) -> SumCheck:
    """The states of the last day, replayed, against the cases as they stand (検算)."""
    now = lines[-1].by_state if lines else {}
    parts = tuple(
        Amount(STATE_LABELS[state], now[state]) for state in COUNTED_STATES if now.get(state)
    )
    return SumCheck(parts=parts, whole=Amount("受付（整理後）", counted))


COLUMNS = (
    Column("day", "日", "date"),
    Column("total", "受付", "integer"),
    *(Column(state.value, STATE_LABELS[state], "integer") for state in COUNTED_STATES),
    Column("settled", "分類確定と終了の計", "integer", width=20),
    Column("newly_classified", "その日に分類確定", "integer", width=18),
    Column("resumed", "その日に仕分け直し", "integer", width=20),
    Column("withdrawn", "取下げ（受付に含めない）", "integer", width=26),
    Column("merged", "統合済み（受付に含めない）", "integer", width=28),
)


def _row(line: DayLine) -> dict[str, object]:
    return {
        "day": line.day,
        "total": line.total,
        **{state.value: line.by_state[state] for state in COUNTED_STATES},
        "settled": line.settled,
        "newly_classified": line.classified,
        "resumed": line.resumed,
        "withdrawn": line.withdrawn,
        "merged": line.merged,
    }
