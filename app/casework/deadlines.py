"""Deadlines of one case in words (期限), with the reckoning behind each (なぜこの日か)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from app.accounts.models import User
from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR, CalendarDay, OfficeCalendar
from app.core.closing_days import office_calendar
from app.core.eras import format_date_short
from app.proposals.clocks import calendar_of, clocks_of
from app.proposals.models import CaseClock, ClockEnd, Proposal
from app.proposals.presentation import (
    Due,
    due_on,
    reads_as_secretariat,
    remaining_calendar,
)
from app.triage.blindness import hides_class
from app.workflow.labels import TERM_LABELS
from app.workflow.terms import Holder, Term

HOLDER_LABELS = {
    Holder.SECRETARIAT: "事務局",
    Holder.PROPOSER: "提案団体",
    Holder.MINISTRY: "府省庁",
}
ANNOUNCED = "日付指定"
# A revisit date is a day to look at the case again, nothing that is owed by then.
DATE_LABELS = {term: f"{label}の期限" for term, label in TERM_LABELS.items()} | {
    Term.REVISIT: "見直し日"
}
DATE_ROW = tuple[date, str, int | None]


@dataclass(frozen=True, kw_only=True)
class RunningDeadline:
    """The deadline that runs now, and how its date came about (今の期限)."""

    label: str
    due: Due
    basis: str
    rows: list[DATE_ROW]
    caption: str
    notes: list[str]


class StoppedDeadline(NamedTuple):
    """A deadline that stands still while another party has the case (停止中の期限)."""

    label: str
    days_left: int
    resumed_due: date


class DeadlineRun(NamedTuple):
    """One run of a deadline in the table of all of them (期限の履歴)."""

    label: str
    holder: str
    started_on: date
    length: str
    due_on: date
    result: str
    ended_on: date | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """All deadlines of a case that a reader may know of, the latest first."""

    running: RunningDeadline | None
    stopped: StoppedDeadline | None
    runs: list[DeadlineRun]


def deadlines_of(proposal: Proposal, reader: User) -> Deadlines:
    """Read the deadlines of a case (期限); a body knows of its own only, and of no inner reason."""
    is_inner = reads_as_secretariat(reader)
    clocks = [row for row in clocks_of(proposal) if is_inner or row.holder is Holder.PROPOSER]
    running = next((row for row in clocks if row.ended_at is None), None)
    # The clock of the confirmation carries the words of the opinion that started it.
    hidden_term = Term.CONFIRMATION if hides_class(reader, proposal) else None
    return Deadlines(
        running=_running(running, remaining_calendar(proposal)) if running else None,
        stopped=_stopped(running, clocks) if is_inner and running else None,
        runs=[_run(row, tells_reason=is_inner and row.term is not hidden_term) for row in clocks],
    )


def _running(row: CaseClock, remaining: OfficeCalendar) -> RunningDeadline:
    label = DATE_LABELS[row.term]
    if row.office_days is None:
        return RunningDeadline(
            label=label,
            due=due_on(row.due_on, remaining),
            basis=f"{ANNOUNCED}（{format_date_short(row.started_on)}に設定）",
            rows=[],
            caption="",
            notes=_closed_day_note(row.due_on),
        )
    left = max(row.office_days - row.days_used, 0)
    basis = f"期間 {row.office_days}開庁日"
    if row.days_used:
        basis += f"（停止の前に{row.days_used}日を使い、残り{left}日）"
    return RunningDeadline(
        label=label,
        due=due_on(row.due_on, remaining),
        basis=basis,
        rows=reckoning(row.started_on, left, row.days_used, calendar=calendar_of(row)),
        caption=f"{label}の計算（{row.office_days}開庁日、初日不算入）",
        notes=["開庁日：土日、祝日、12月29日–1月3日を除いた日です。", *_own_days_note(row)],
    )


def _own_days_note(row: CaseClock) -> list[str]:
    if not row.own_closures:
        return []
    return [
        "提案団体が登録した閉庁日も除いています。期限は、始まった日の登録で決まり、"
        "そのあとに閉庁日を変えても動きません。"
    ]


def _closed_day_note(day: date) -> list[str]:
    reason = office_calendar().closing_reason(day)
    if reason is None:
        return []
    return [f"閉庁日（{reason}）ですが、指定した日なので動かしません。"]


def reckoning(
    started_on: date, days: int, days_used: int = 0, *, calendar: OfficeCalendar = DEFAULT_CALENDAR
) -> list[DATE_ROW]:
    """Rows of 「なぜこの日か」: (day, what, office days used by then or None).

    The last row is the due date. Runs of counted and of closed days are one row each. `days` and
    `days_used` are office days.
    """
    lines = calendar.explain(started_on, days)
    start = "再開した日（数えない）" if days_used else "始まりの日（初日不算入）"
    rows: list[DATE_ROW] = [(started_on, start, days_used)]
    for is_counted, group in groupby(lines[1:], key=lambda line: line.number is not None):
        run = list(group)
        rows.append(_counted(run, days_used) if is_counted else _left_out(run))
    last = lines[-1]
    rows.append((last.day, "期限", days_used + days))
    return rows


def _counted(run: Sequence[CalendarDay], days_used: int) -> DATE_ROW:
    first, last = (days_used + (line.number or 0) for line in (run[0], run[-1]))
    words = f"{first}日目" if first == last else f"{first}日目から{last}日目"
    if run[0].day != run[-1].day:
        words += f"（{format_date_short(run[-1].day)}まで）"
    return (run[0].day, words, last)


def _left_out(run: Sequence[CalendarDay]) -> DATE_ROW:
    reasons = "・".join(dict.fromkeys(line.reason or "" for line in run))
    until = f"{format_date_short(run[-1].day)}まで、" if len(run) > 1 else ""
    return (run[0].day, f"{until}{reasons}を除く", None)


def _stopped(running: CaseClock, clocks: Sequence[CaseClock]) -> StoppedDeadline | None:
    """The term that goes on when the running one is over: the last one that was stopped."""
    if running.term not in (Term.REVISIT, Term.CORRECTION):
        return None
    last = next((row for row in clocks if row.end is ClockEnd.STOPPED), None)
    if last is None or last.office_days is None or last.ended_at is None:
        return None
    used = last.days_used + office_calendar().office_days_between(
        last.started_on, clock.to_jst(last.ended_at).date()
    )
    left = max(last.office_days - used, 0)
    resumed = office_calendar().add_office_days(clock.today(), left)
    return StoppedDeadline(TERM_LABELS[last.term], left, resumed)


def _run(row: CaseClock, *, tells_reason: bool) -> DeadlineRun:
    ended_on = clock.to_jst(row.ended_at).date() if row.ended_at else None
    return DeadlineRun(
        label=TERM_LABELS[row.term],
        holder=HOLDER_LABELS[row.holder],
        started_on=row.started_on,
        length=_length(row),
        due_on=row.due_on,
        result=_result(row, ended_on),
        ended_on=ended_on,
        reason=row.reason if tells_reason else "",
    )


def _length(row: CaseClock) -> str:
    if row.office_days is None:
        return ANNOUNCED
    used = f"（うち使用済み{row.days_used}）" if row.days_used else ""
    return f"{row.office_days}開庁日{used}"


def _result(row: CaseClock, ended_on: date | None) -> str:
    if ended_on is None:
        return "進行中"
    if row.end is ClockEnd.STOPPED:
        return "停止"
    if row.end is ClockEnd.REPLACED:
        return "変更"
    late = calendar_of(row).signed_office_days(ended_on, row.due_on)
    return f"{-late}開庁日遅れて完了" if late < 0 else "期限内に完了"
