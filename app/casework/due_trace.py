"""How a due date came about, day by day (なぜこの日か): counted, closed, paused, extended."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR, CalendarDay, OfficeCalendar
from app.core.closing_days import office_calendar
from app.core.eras import format_date_short
from app.deadlines.models import ChangeKind, DeadlineChange
from app.proposals.clocks import calendar_of, days_used_by
from app.proposals.models import CaseClock
from app.workflow.labels import TERM_LABELS
from app.workflow.terms import Holder

DATE_ROW = tuple[date, str, int | None]


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


def trace_rows(
    row: CaseClock, runs: Sequence[CaseClock], changes: Sequence[DeadlineChange]
) -> list[DATE_ROW]:
    """Every day of a running period: of the runs before it, of itself, and after an extension.

    `runs` are the clocks of the case, `changes` what moved the date of this one, the first first.
    """
    calendar = calendar_of(row)
    left = max((row.office_days or 0) - row.days_used, 0)
    found = [*_earlier(row, runs)]
    counted = reckoning(row.started_on, left, row.days_used, calendar=calendar)
    if row.continues_id is not None and row.days_used == 0:
        counted[0] = (row.started_on, "再開した日（数えない）", 0)
    if row.is_extended:
        return [*found, *counted[:-1], *_extended(row, counted[-1], changes, calendar)]
    if counted[-1][0] != row.due_on:
        # A case that was overdue when it stopped comes back as many days overdue.
        found.append((row.due_on, "期限（止まる前に過ぎた日数を引き継ぐ）", row.office_days))
        return found
    return [*found, *counted]


def trace_notes(row: CaseClock, changes: Sequence[DeadlineChange]) -> list[str]:
    """The rule and the calendar behind a date, each with its version (計算の根拠)."""
    last_year = office_calendar().last_valid_year
    return [
        _rule_words(row, changes),
        f"開庁日：土日、祝日、12月29日–1月3日を除いた日です。祝日は{last_year}年まで確かめた暦です。",
        *_closures_note(row),
        *(_change_words(change) for change in changes if change.kind is not ChangeKind.EXTENSION),
    ]


def _rule_words(row: CaseClock, changes: Sequence[DeadlineChange]) -> str:
    term = TERM_LABELS[row.term]
    if row.continues_id is not None:
        return f"日数：止まる前の{term}の期間（{row.office_days}開庁日）の残りを数えました。"
    first = next((change for change in changes if change.old_office_days is not None), None)
    days = first.old_office_days if first else row.office_days
    day = format_date_short(row.started_on)
    return f"日数：募集回の設定「{term} {days}開庁日」（{day}に始まったときの設定）です。"


def _closures_note(row: CaseClock) -> list[str]:
    if not row.own_closures:
        return []
    named = "、".join(
        f"{format_date_short(date.fromisoformat(day))}（{name}）"
        for day, name in sorted(row.own_closures.items())
    )
    note = f"このほかに、登録された閉庁日を除いています：{named}。"
    if row.holder is Holder.PROPOSER:
        note += "団体の閉庁日は、期限が始まった日の登録で数えます。"
    return [note]


def _change_words(change: DeadlineChange) -> str:
    day = format_date_short(clock.to_jst(change.changed_at).date())
    dates = f"{format_date_short(change.old_due_on)}から{format_date_short(change.new_due_on)}へ"
    rule = ""
    if change.old_office_days is not None:
        rule = f"、{change.old_office_days}開庁日から{change.new_office_days}開庁日へ"
    return f"{day}に数え直し（{dates}{rule}）：{change.reason}"


def _earlier(row: CaseClock, runs: Sequence[CaseClock]) -> list[DATE_ROW]:
    """Rows of the runs this one goes on from, each with the pause after it (停止の間)."""
    by_id = {other.id: other for other in runs}
    rows: list[DATE_ROW] = []
    following, stopped = row, by_id.get(row.continues_id or 0)
    while stopped is not None and stopped.ended_at is not None:
        stopped_on = clock.to_jst(stopped.ended_at).date()
        start = "再開した日（数えない）" if stopped.continues_id else "始まりの日（初日不算入）"
        until = format_date_short(following.started_on)
        used = days_used_by(stopped)
        rows = [
            (stopped.started_on, start, stopped.days_used),
            (stopped_on, f"停止（{until}まで数えない）。ここまで{used}日", used),
            *rows,
        ]
        following, stopped = stopped, by_id.get(stopped.continues_id or 0)
    return rows


def _extended(
    row: CaseClock,
    counted: DATE_ROW,
    changes: Sequence[DeadlineChange],
    calendar: OfficeCalendar,
) -> list[DATE_ROW]:
    rows: list[DATE_ROW] = [(counted[0], "延長前の期限", counted[2])]
    extensions = [change for change in changes if change.kind is ChangeKind.EXTENSION]
    for change in extensions:
        is_last = change is extensions[-1]
        decided = format_date_short(clock.to_jst(change.changed_at).date())
        used = row.days_used + calendar.office_days_between(row.started_on, change.new_due_on)
        words = "期限（延長で指定した日）" if is_last else "延長後の期限（さらに延長）"
        rows.append((change.new_due_on, f"{words}。{decided}に決定", used))
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
