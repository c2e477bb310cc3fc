"""The backlog report (滞留): what is lying where, how long, and whose move it is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.accounts.models import User
from app.core import clock
from app.core.eras import format_datetime
from app.core.tabular import Table
from app.reports.backlog.common_dates import CommonDate
from app.reports.backlog.counted_anew import count_unsettled, count_unsettled_lately
from app.reports.backlog.handoff_rows import (
    HandoffRow,
    by_ministry,
    measure_handoffs,
)
from app.reports.backlog.matrix import Backlog, add_up, backlog_of, checks_of
from app.reports.backlog.present import present_backlog
from app.reports.backlog.queries import (
    measure,
    titles_of,
)
from app.reports.backlog.rows import BacklogRow
from app.reports.backlog.tables import matrix_table, more_tables
from app.reports.cases import has_any_conflict
from app.reports.counting import CONFLICT_NOTE, NOW, REPORT_HOUR, Counting
from app.reports.report import Report, notes_of
from app.rounds.models import Round

NAME = "backlog"
TITLE = "滞留"
AGE_NOTE = (
    "日数は、今の状態になった日の翌日から数えた開庁日です。"
    "2人で担当する提案は、持ち主別ではそれぞれに数えます。"
)


def build_backlog(round_: Round, reader: User | None, counting: Counting = NOW) -> Report:
    """Make the report of a round with every case of it, as files carry it (滞留の報告).

    What went into another case waits for nobody: the basis (数え方) makes no difference here.
    A plain past day means eight in the morning, when the daily report is made (日次報告と同じ).
    """
    at = moment_of(counting)
    rows = measure(round_, reader, at)
    handoffs = measure_handoffs(round_, reader, at)
    counted_anew = count_unsettled(round_, reader, at)
    return report_of(
        rows,
        round_,
        at=at,
        counted_anew=counted_anew,
        is_whole=reader is None or not has_any_conflict(reader),
        week_ago=_week_ago(round_, reader, at, counted_anew),
        handoffs=handoffs,
    )


def show_backlog(round_: Round, reader: User | None, counting: Counting = NOW) -> Report:
    """Make the same report for its page (滞留の画面): that of now is counted by the database.

    A page shows figures and the first cases alone. It takes no longer for the cases it does not
    show; the past, which is folded from the trail, does.
    """
    if moment_of(counting) is not None:
        return build_backlog(round_, reader, counting)
    present = present_backlog(round_, reader)
    counted_anew = count_unsettled(round_, reader)
    backlog = replace(
        backlog_of(present.tally, round_),
        week_ago=_week_ago(round_, reader, None, counted_anew),
        ministries=present.ministries,
    )
    return _report(
        backlog,
        round_,
        at=None,
        counted_anew=counted_anew,
        is_whole=reader is None or not has_any_conflict(reader),
        make_more_tables=lambda: build_backlog(round_, reader).more_tables,
    )


def _week_ago(
    round_: Round, reader: User | None, at: datetime | None, present: int = 0
) -> int | None:
    """The backlog a week earlier (前週の滞留), None before the round began."""
    earlier = (at or clock.now()) - timedelta(days=7)
    if earlier <= round_.opens_at:
        return None
    if at is None:
        return count_unsettled_lately(round_, reader, earlier, present)
    return count_unsettled(round_, reader, earlier)


def moment_of(counting: Counting) -> datetime | None:
    """The instant that is meant (時点): None for now, which today's date means, too."""
    day = counting.as_of
    if counting.at is not None or day is None or day >= clock.today():
        return counting.at
    return clock.jst(day.year, day.month, day.day, REPORT_HOUR)


def report_of(
    rows: Sequence[BacklogRow],
    round_: Round,
    *,
    at: datetime | None,
    counted_anew: int,
    is_whole: bool,
    week_ago: int | None = None,
    handoffs: Sequence[HandoffRow] | None = None,
    common_dates: Sequence[CommonDate] = (),
) -> Report:
    """Make the report from rows that were measured or stored (滞留の報告)."""
    backlog = replace(
        add_up(rows, round_),
        week_ago=week_ago,
        ministries=None if handoffs is None else by_ministry(handoffs),
        common_dates=tuple(common_dates),
    )
    return _report(
        backlog,
        round_,
        at=at,
        counted_anew=counted_anew,
        is_whole=is_whole,
        make_more_tables=lambda: more_tables(backlog, rows),
    )


def _report(
    backlog: Backlog,
    round_: Round,
    *,
    at: datetime | None,
    counted_anew: int,
    is_whole: bool,
    make_more_tables: Callable[[], tuple[Table, ...]],
) -> Report:
    named = {row.proposal_id for row in (*backlog.overdue_shown, *backlog.oldest)}
    backlog = replace(backlog, titles=titles_of(sorted(named)))
    checks = checks_of(backlog, counted_anew)
    notes = (_when(at), AGE_NOTE, *(() if is_whole else (CONFLICT_NOTE,)), *notes_of(checks, None))
    table = matrix_table(backlog, round_, notes)
    return Report(
        name=NAME,
        title=TITLE,
        round=round_,
        counted_at=clock.now(),
        total=backlog.total,
        table=table,
        records=table,
        checks=checks,
        comparison=None,
        content=backlog,
        counting=NOW if at is None else Counting(as_of=clock.to_jst(at).date(), at=at),
        is_whole=is_whole,
        make_more_tables=make_more_tables,
    )


def _when(at: datetime | None) -> str:
    if at is None:
        return f"{format_datetime(clock.now())}現在の件数です。"
    return (
        f"{format_datetime(at)}現在（日本時間）の件数です。"
        "操作の記録・担当・期限の履歴から再現しました。"
    )
