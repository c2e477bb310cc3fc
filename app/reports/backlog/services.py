"""Storing the backlog of a morning, telling its readers, and who they are (滞留の記録・購読)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_datetime
from app.core.errors import NotAllowed
from app.extensions import db
from app.reports.backlog import common_dates, handoff_rows
from app.reports.backlog.matrix import add_up, figures_of
from app.reports.backlog.models import BacklogSnapshot, ReportSubscription, SnapshotKind
from app.reports.backlog.queries import (
    choices_of,
    find_snapshot,
    last_seq,
    measure,
    subscribers,
    visible_ids,
)
from app.reports.backlog.rows import BacklogRow, as_stored
from app.reports.cases import has_any_conflict
from app.reports.policy import sees_cases
from app.rounds.letters import write_in_round
from app.rounds.models import Round
from app.rounds.queries import list_rounds

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)
LETTERS = {SnapshotKind.DAILY: "backlog_daily", SnapshotKind.WEEKLY: "backlog_weekly"}


@dataclass(frozen=True, kw_only=True)
class ChooseReports:
    """Which reports a person wants to be told of (購読)."""

    daily: bool
    weekly: bool


def store_snapshot(moment: datetime) -> int:
    """Store the backlog of each round as it stood at a moment, and tell its readers (滞留報告).

    Only on office days; what is stored for the day already stays as it is. Practice rounds and
    rounds with nothing left to do have no report. Returns how many were stored.
    """
    day = clock.to_jst(moment).date()
    if not office_calendar().is_office_day(day):
        return 0
    kinds = (SnapshotKind.DAILY,) + ((SnapshotKind.WEEKLY,) if _begins_week(moment) else ())
    rounds = db.session.scalars(
        list_rounds().where(Round.is_practice.is_(False), Round.opens_at < moment)
    )
    return sum(_store_round(round_, kinds, moment) for round_ in rounds)


def _begins_week(moment: datetime) -> bool:
    """Whether it is the first office day of its week, which begins on Monday (週の最初の開庁日)."""
    day = clock.to_jst(moment).date()
    monday = day - day.weekday() * ONE_DAY
    calendar = office_calendar()
    return not any(
        calendar.is_office_day(monday + number * ONE_DAY) for number in range(day.weekday())
    )


def _store_round(round_: Round, kinds: Sequence[SnapshotKind], moment: datetime) -> int:
    day = clock.to_jst(moment).date()
    missing = [kind for kind in kinds if find_snapshot(round_, kind, day) is None]
    if not missing:
        return 0
    # Read first: what enters the trail meanwhile counts as entered later.
    fold_seq = last_seq()
    rows = measure(round_, None, moment, fold_seq=fold_seq)
    if not rows and round_.closes_at < moment:
        return 0
    for kind in missing:
        earlier = _rows_a_week_ago(round_, kind, moment, fold_seq)
        _store(round_, kind, moment, fold_seq=fold_seq, rows=rows, earlier=earlier)
        _tell(round_, kind, moment, rows=rows, earlier=earlier, is_week_told=kinds)
    db.session.flush()
    return len(missing)


def _rows_a_week_ago(
    round_: Round, kind: SnapshotKind, moment: datetime, fold_seq: int
) -> list[BacklogRow] | None:
    is_compared = kind is SnapshotKind.WEEKLY and round_.opens_at < moment - ONE_WEEK
    if not is_compared:
        return None
    return measure(round_, None, moment - ONE_WEEK, fold_seq=fold_seq)


def _store(
    round_: Round,
    kind: SnapshotKind,
    moment: datetime,
    *,
    fold_seq: int,
    rows: list[BacklogRow],
    earlier: list[BacklogRow] | None,
) -> None:
    figures: dict[str, Any] = dict(figures_of(add_up(rows, round_)))
    figures[handoff_rows.STORED_AS] = [
        handoff_rows.as_stored(row) for row in handoff_rows.measure_handoffs(round_, None, moment)
    ]
    if kind is SnapshotKind.WEEKLY:
        figures[common_dates.STORED_AS] = [
            common_dates.as_stored(row) for row in common_dates.common_dates_of(round_)
        ]
    if earlier is not None:
        figures |= week_figures(rows, earlier)
    db.session.add(
        BacklogSnapshot(
            round_id=round_.id,
            kind=kind,
            day=clock.to_jst(moment).date(),
            moment=moment,
            made_at=clock.machine_now(),
            fold_seq=fold_seq,
            rows=[as_stored(row) for row in rows],
            figures=figures,
        )
    )


def week_figures(rows: Sequence[BacklogRow], earlier: Sequence[BacklogRow]) -> dict[str, int]:
    """This week against the last (前週との比較): before, come, gone, overdue before.

    Before and come less gone make the backlog of now.
    """
    now, before = ({row.proposal_id for row in each} for each in (rows, earlier))
    return {
        "week_ago": len(before),
        "came": len(now - before),
        "left": len(before - now),
        "overdue_week_ago": sum(row.overdue > 0 for row in earlier),
    }


def _tell(
    round_: Round,
    kind: SnapshotKind,
    moment: datetime,
    *,
    rows: list[BacklogRow],
    earlier: list[BacklogRow] | None,
    is_week_told: Sequence[SnapshotKind],
) -> None:
    """Queue the letter to everybody who wants it; whoever gets the weekly one gets that alone."""
    readers = subscribers(kind)
    if kind is SnapshotKind.DAILY and SnapshotKind.WEEKLY in is_week_told:
        weekly = {user.id for user in subscribers(SnapshotKind.WEEKLY)}
        readers = [user for user in readers if user.id not in weekly]
    day = clock.to_jst(moment).date()
    for reader in readers:
        own, own_earlier = _for_reader(round_, reader, rows, earlier)
        figures = dict(figures_of(add_up(own, round_)))
        write_in_round(
            round_,
            LETTERS[kind],
            [reader],
            key=f"backlog:{kind}:{round_.key}:{day}",
            path=f"/reports/backlog/snapshots/{round_.key}/{kind}/{day}",
            about=Subject(type="user", id=reader.id),
            valid_until=_next_report(moment),
            round_label=round_.label,
            moment=format_datetime(moment),
            week=week_figures(own, own_earlier) if own_earlier is not None else None,
            figures=figures,
            dates=common_dates.common_dates_of(round_) if own_earlier is not None else [],
        )


def _for_reader(
    round_: Round, reader: User, rows: list[BacklogRow], earlier: list[BacklogRow] | None
) -> tuple[list[BacklogRow], list[BacklogRow] | None]:
    """What a reader may know of (利益相反): the totals of the letter are the reader's own."""
    if not has_any_conflict(reader):
        return rows, earlier
    known = visible_ids(round_, reader)
    return (
        [row for row in rows if row.proposal_id in known],
        None if earlier is None else [row for row in earlier if row.proposal_id in known],
    )


def _next_report(moment: datetime) -> datetime:
    """When the next report is due (次の日次報告): this one is no news after that."""
    local = clock.to_jst(moment)
    following = office_calendar().add_office_days(local.date(), 1)
    return moment + (following - local.date())


def choose_reports(command: ChooseReports, *, actor: User) -> int:
    """Note which reports a person wants (購読); return how many changed. Raises NotAllowed."""
    if not sees_cases(actor):
        raise NotAllowed("滞留の報告は、事務局と監査の人だけが受け取れます。")
    # Two posts at once wait here for each other.
    db.session.scalars(select(User.id).where(User.id == actor.id).with_for_update()).one()
    wanted = {SnapshotKind.DAILY: command.daily, SnapshotKind.WEEKLY: command.weekly}
    present = choices_of(actor)
    changed = [kind for kind in SnapshotKind if wanted[kind] != present[kind]]
    for kind in changed:
        _choose(actor, kind, is_wanted=wanted[kind])
    if changed:
        record(
            "user.choose_reports",
            Subject(type="user", id=actor.id),
            actor=actor,
            changes={f"backlog_{kind}": wanted[kind] for kind in changed},
        )
    return len(changed)


def _choose(actor: User, kind: SnapshotKind, *, is_wanted: bool) -> None:
    row = db.session.scalars(
        select(ReportSubscription).where(
            ReportSubscription.user_id == actor.id, ReportSubscription.kind == kind
        )
    ).one_or_none()
    if row is None:
        row = ReportSubscription(user_id=actor.id, kind=kind)
        db.session.add(row)
    row.is_wanted = is_wanted
    row.changed_at = clock.now()
