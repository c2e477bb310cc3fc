"""Deadlines of one case in words (期限), with the reckoning behind each (なぜこの日か)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.accounts.models import User
from app.casework.due_trace import DATE_ROW, trace_notes, trace_rows
from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.core.eras import format_date_short
from app.deadlines.labels import HOLDER_LABELS, KIND_LABELS, deadline_label
from app.deadlines.models import ChangeKind, DeadlineChange, ExtensionRequest
from app.deadlines.policy import can_extend
from app.deadlines.queries import changes_of, requests_of
from app.deadlines.time_spent import PART_LABELS, Part, TimeSpent, office_days_words, time_spent
from app.proposals.clocks import calendar_of, clocks_of, days_used_by, term_length
from app.proposals.models import CaseClock, ClockEnd, Proposal
from app.proposals.presentation import (
    Due,
    due_on,
    reads_as_secretariat,
    remaining_calendar,
    revisit_on,
)
from app.triage.blindness import hides_class
from app.workflow.labels import TERM_LABELS
from app.workflow.terms import Holder, Term

ANNOUNCED = "日付指定"
OFFICE = "事務局"


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


class DateChange(NamedTuple):
    """A date that moved, as its reader may know it (期限の変更)."""

    label: str
    kind: str
    old: date
    new: date
    reason: str
    asked_by: str
    decided_by: str
    when: datetime


class RequestLine(NamedTuple):
    """A request for a later date (延長の申請), as its reader may know it; `result` in words."""

    label: str
    wanted_on: date
    reason: str
    asked_by: str
    when: datetime
    result: str
    decision_reason: str


class TimePart(NamedTuple):
    """Office time in one hand (時間の内訳の行): office days in words, and the share in percent."""

    part: Part
    label: str
    days: str
    percent: float


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """All deadlines of a case that a reader may know of, the latest first.

    `can_extend` says that the reader may ask for a later date or give one; `is_waiting` that a
    request waits for a lead.
    """

    running: RunningDeadline | None
    stopped: StoppedDeadline | None
    runs: list[DeadlineRun]
    changes: list[DateChange]
    requests: list[RequestLine]
    can_extend: bool
    is_waiting: bool


def deadlines_of(proposal: Proposal, reader: User) -> Deadlines:
    """Read the deadlines of a case (期限); a body knows of its own only, and of no inner reason."""
    is_inner = reads_as_secretariat(reader)
    clocks = [row for row in clocks_of(proposal) if is_inner or row.holder is Holder.PROPOSER]
    running = next((row for row in clocks if row.ended_at is None), None)
    # The clock of the confirmation carries the words of the opinion that started it.
    hidden_term = Term.CONFIRMATION if hides_class(reader, proposal) else None
    by_id = {row.id: row for row in clocks}
    changes = [change for change in changes_of(proposal) if change.clock_id in by_id]
    requests = [row for row in requests_of(proposal) if row.clock_id in by_id]
    is_extendable = (
        running is not None
        and running.office_days is not None
        and running.holder is not Holder.MINISTRY
    )
    return Deadlines(
        running=(
            _running(running, clocks, changes, remaining_calendar(proposal)) if running else None
        ),
        stopped=_stopped(running, clocks) if is_inner and running else None,
        runs=[_run(row, tells_reason=is_inner and row.term is not hidden_term) for row in clocks],
        changes=[_change(row, by_id[row.clock_id], is_inner=is_inner) for row in changes],
        requests=[_request(row, by_id[row.clock_id], is_inner=is_inner) for row in requests],
        can_extend=running is not None and is_extendable and can_extend(reader, proposal, running),
        is_waiting=any(_waits(row, by_id[row.clock_id]) for row in requests),
    )


def time_of(proposal: Proposal) -> tuple[TimeSpent, list[TimePart]] | None:
    """Whose time the case took (時間の内訳), for the secretariat; None before the submission."""
    spent = time_spent(proposal)
    if spent is None:
        return None
    parts = [
        TimePart(part, PART_LABELS[part], office_days_words(used), _percent(used, spent))
        for part, used in spent.parts.items()
    ]
    return spent, parts


def _percent(used: timedelta, spent: TimeSpent) -> float:
    return 100 * (used / spent.whole) if spent.whole else 0.0


def _running(
    row: CaseClock,
    clocks: Sequence[CaseClock],
    changes: Sequence[DeadlineChange],
    remaining: OfficeCalendar,
) -> RunningDeadline:
    label = deadline_label(row.term)
    if row.office_days is None:
        return RunningDeadline(
            label=label,
            due=revisit_on(row.due_on),
            basis=f"{ANNOUNCED}（{format_date_short(row.started_on)}に設定）",
            rows=[],
            caption="",
            notes=_closed_day_note(row.due_on),
        )
    of_row = [change for change in reversed(changes) if change.clock_id == row.id]
    return RunningDeadline(
        label=label,
        due=due_on(row.due_on, remaining),
        basis=_basis(row, row.office_days, of_row),
        rows=trace_rows(row, clocks, of_row),
        caption=f"{label}の計算（{row.office_days}開庁日、初日不算入）",
        notes=[
            *trace_notes(row, of_row),
            *(_closed_day_note(row.due_on) if row.is_extended else []),
        ],
    )


def _basis(row: CaseClock, office_days: int, changes: Sequence[DeadlineChange]) -> str:
    """The date in one line (期限の根拠): its period, what was used of it, what moved it."""
    left = max(office_days - row.days_used, 0)
    basis = f"期間 {office_days}開庁日"
    if row.days_used:
        basis += f"（停止の前に{row.days_used}日を使い、残り{left}日）"
    if changes:
        kinds = "、".join(dict.fromkeys(KIND_LABELS[change.kind] for change in changes))
        basis += f"・{kinds}により{format_date_short(changes[0].old_due_on)}から変更"
    return basis


def _change(row: DeadlineChange, of_clock: CaseClock, *, is_inner: bool) -> DateChange:
    tells_reason = is_inner or row.kind is not ChangeKind.RULE
    return DateChange(
        label=deadline_label(of_clock.term),
        kind=KIND_LABELS[row.kind],
        old=row.old_due_on,
        new=row.new_due_on,
        reason=row.reason if tells_reason else "",
        asked_by=row.asked_by.label if row.asked_by else "",
        decided_by=row.decided_by.label if is_inner else OFFICE,
        when=row.changed_at,
    )


def _request(row: ExtensionRequest, of_clock: CaseClock, *, is_inner: bool) -> RequestLine:
    decider = row.decided_by.label if row.decided_by and is_inner else OFFICE
    if row.is_approved is not None:
        result = f"{'認めた' if row.is_approved else '認めなかった'}（{decider}）"
    else:
        result = "決定待ち" if _waits(row, of_clock) else "決定の前に期限が終わった"
    return RequestLine(
        label=deadline_label(of_clock.term),
        wanted_on=row.wanted_on,
        reason=row.reason,
        asked_by=row.asked_by.label,
        when=row.asked_at,
        result=result,
        decision_reason=row.decision_reason,
    )


def _waits(row: ExtensionRequest, of_clock: CaseClock) -> bool:
    return row.decided_at is None and of_clock.ended_at is None


def _closed_day_note(day: date) -> list[str]:
    reason = office_calendar().closing_reason(day)
    if reason is None:
        return []
    return [f"閉庁日（{reason}）ですが、指定した日なので動かしません。"]


def _stopped(running: CaseClock, clocks: Sequence[CaseClock]) -> StoppedDeadline | None:
    """The term that goes on when the running one is over: the last one that was stopped."""
    if running.term not in (Term.REVISIT, Term.CORRECTION):
        return None
    last = next((row for row in clocks if row.end is ClockEnd.STOPPED), None)
    if last is None or last.office_days is None or last.ended_at is None:
        return None
    left = max(term_length(last, office_calendar()) - days_used_by(last), 0)
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
    extended = "・延長" if row.is_extended else ""
    return f"{row.office_days}開庁日{used}{extended}"


def _result(row: CaseClock, ended_on: date | None) -> str:
    if ended_on is None:
        return "進行中"
    if row.end is ClockEnd.STOPPED:
        return "停止"
    if row.end is ClockEnd.REPLACED:
        return "変更"
    late = calendar_of(row).signed_office_days(ended_on, row.due_on)
    return f"{-late}開庁日遅れて完了" if late < 0 else "期限内に完了"
