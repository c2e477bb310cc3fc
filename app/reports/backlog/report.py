"""The backlog report (滞留): what is lying where, how long, and whose move it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.accounts.models import User
from app.core import clock
from app.core.eras import format_datetime
from app.reports.backlog.common_dates import CommonDate
from app.reports.backlog.handoff_rows import HandoffRow, by_ministry, measure_handoffs
from app.reports.backlog.matrix import add_up, checks_of
from app.reports.backlog.queries import count_unsettled, measure, titles_of
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
    """Make the report of a round (滞留の報告).

    What went into another case waits for nobody: the basis (数え方) makes no difference here.
    A plain past day means eight in the morning, when the daily report is made (日次報告と同じ).
    """
    at = moment_of(counting)
    rows = measure(round_, reader, at)
    handoffs = measure_handoffs(round_, reader, at)
    return report_of(
        rows,
        round_,
        at=at,
        counted_anew=count_unsettled(round_, reader, at),
        is_whole=reader is None or not has_any_conflict(reader),
        week_ago=_week_ago(round_, reader, at),
        handoffs=handoffs,
    )


def _week_ago(round_: Round, reader: User | None, at: datetime | None) -> int | None:
    """The backlog a week earlier (前週の滞留), None before the round began."""
    earlier = (at or clock.now()) - timedelta(days=7)
    return None if earlier <= round_.opens_at else count_unsettled(round_, reader, earlier)


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
    backlog = add_up(rows, round_)
    named = {row.proposal_id for row in (*backlog.overdue, *backlog.oldest)}
    backlog = replace(
        backlog,
        titles=titles_of(sorted(named)),
        week_ago=week_ago,
        ministries=None if handoffs is None else by_ministry(handoffs),
        common_dates=tuple(common_dates),
    )
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
        more_tables=more_tables(backlog),
    )


def _when(at: datetime | None) -> str:
    if at is None:
        return f"{format_datetime(clock.now())}現在の件数です。"
    return (
        f"{format_datetime(at)}現在（日本時間）の件数です。"
        "操作の記録・担当・期限の履歴から再現しました。"
    )
