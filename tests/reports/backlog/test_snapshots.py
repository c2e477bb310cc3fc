"""Stored backlogs: once a day, unchangeable, equal to the replay or explained (滞留の記録)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Executable, delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.closing_days import ClosingDay, forget_calendar
from app.notifications.models import OutboxMessage
from app.reports.backlog.comparison import compare
from app.reports.backlog.models import BacklogSnapshot, SnapshotKind
from app.reports.backlog.queries import choices_of, find_snapshot, measure
from app.reports.backlog.rows import from_stored
from app.reports.backlog.services import ChooseReports, choose_reports, store_snapshot
from app.triage.services.assign import Assign, assign
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_closed,
    make_submitted,
    make_world,
)

MONDAY = clock.jst(2024, 9, 2, 8)
TUESDAY = clock.jst(2024, 9, 3, 8)
FRIDAY = clock.jst(2024, 8, 30, 10)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(clock.jst(2024, 8, 29, 9)):
        return make_world()


def stored(db_session: Session, moment: datetime) -> int:
    with clock.at(moment):
        number = store_snapshot(moment)
    db_session.commit()
    return number


def kinds(db_session: Session) -> list[tuple[str, date]]:
    rows = db_session.scalars(select(BacklogSnapshot).order_by(BacklogSnapshot.id))
    return [(row.kind.value, row.day) for row in rows]


def letters(db_session: Session) -> list[tuple[str, str]]:
    rows = db_session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.letter.startswith("backlog"))
        .order_by(OutboxMessage.id)
    )
    return [(row.recipient.login, row.letter) for row in rows]


def snapshot_of(world: World, day: date) -> BacklogSnapshot:
    found = find_snapshot(world.round, SnapshotKind.DAILY, day)
    assert found is not None
    return found


def test_office_day_is_stored_once_and_a_week_begins_with_both_kinds(
    db_session: Session, world: World
) -> None:
    with clock.at(FRIDAY):
        make_submitted(world)
        db_session.commit()

    made = [stored(db_session, moment) for moment in (MONDAY, MONDAY, TUESDAY)]

    assert made == [2, 0, 1]
    assert kinds(db_session) == [
        ("daily", date(2024, 9, 2)),
        ("weekly", date(2024, 9, 2)),
        ("daily", date(2024, 9, 3)),
    ]
    assert letters(db_session) == [("lead", "backlog_weekly"), ("lead", "backlog_daily")]


def test_closed_days_have_no_report_and_the_week_then_begins_later(
    db_session: Session, world: World
) -> None:
    with clock.at(FRIDAY):
        make_submitted(world)
        db_session.commit()

    # 9/14-16: a weekend and 敬老の日.
    made = [stored(db_session, clock.jst(2024, 9, day, 8)) for day in (14, 15, 16, 17)]

    assert made == [0, 0, 0, 2]


def test_round_with_nothing_left_and_practice_are_not_stored(
    db_session: Session, world: World
) -> None:
    with clock.at(FRIDAY):
        make_closed(world)
        world.round.closes_at = clock.jst(2024, 9, 1)
        db_session.commit()
    nothing_left = stored(db_session, MONDAY)
    world.round.closes_at = clock.jst(2024, 9, 30)
    world.round.is_practice = True
    db_session.commit()

    practice = stored(db_session, MONDAY)

    assert (nothing_left, practice) == (0, 0)


@pytest.mark.parametrize(
    "statement", [update(BacklogSnapshot).values(fold_seq=0), delete(BacklogSnapshot)]
)
def test_stored_backlog_is_never_changed(
    db_session: Session, world: World, statement: Executable
) -> None:
    with clock.at(FRIDAY):
        make_submitted(world)
        db_session.commit()
    stored(db_session, MONDAY)

    with pytest.raises(DatabaseError, match="a stored backlog is never changed"):
        db_session.execute(statement)

    db_session.rollback()
    assert db_session.scalar(select(func.count(BacklogSnapshot.id))) == 2


def test_made_up_day_equals_what_the_morning_would_have_told(
    db_session: Session, world: World
) -> None:
    with clock.at(FRIDAY):
        proposal = make_accepted(world)
        db_session.commit()
    with clock.at(MONDAY + timedelta(hours=2)):
        command = Assign(version=proposal.version, reviewer_ids=(world["officer1"].id,))
        assign(proposal, command, actor=world["lead"])
        db_session.commit()
        in_time = measure(world.round, None, MONDAY)

    stored(db_session, MONDAY)

    found = snapshot_of(world, date(2024, 9, 2))
    assert [from_stored(row) for row in found.rows] == in_time
    assert [(row.state, row.holder_words, row.age) for row in in_time] == [("accepted", "総括", 1)]
    with clock.at(TUESDAY):
        assert compare(found, world["lead"]) == []


def test_difference_names_the_entry_that_came_late(db_session: Session, world: World) -> None:
    with clock.at(FRIDAY):
        proposal = make_accepted(world)
        db_session.commit()
    stored(db_session, MONDAY)
    with clock.at(MONDAY - timedelta(minutes=5)):
        command = Assign(version=proposal.version, reviewer_ids=(world["officer1"].id,))
        assign(proposal, command, actor=world["lead"])
        db_session.commit()

    with clock.at(TUESDAY):
        found = compare(snapshot_of(world, date(2024, 9, 2)), world["lead"])

    assert [
        (row.number, row.stored.split("　")[0], row.replayed.split("　")[0]) for row in found
    ] == [("R6-0001", "状態 割当待ち", "状態 仕分け中")]
    assert found[0].causes[0].startswith("時点より前の操作が、後から記録されました：操作の記録 第")


def test_difference_names_the_closed_day_entered_later(db_session: Session, world: World) -> None:
    with clock.at(clock.jst(2024, 8, 29, 10)):
        make_accepted(world)
        db_session.commit()
    stored(db_session, MONDAY)
    found = snapshot_of(world, date(2024, 9, 2))
    closing = ClosingDay(
        day=date(2024, 8, 30),
        name="臨時閉庁日",
        basis="事務局の決定",
        added_by_id=world["admin"].id,
        added_at=clock.machine_now() + timedelta(minutes=1),
    )
    db_session.add(closing)
    db_session.commit()
    forget_calendar()

    with clock.at(TUESDAY):
        differences = compare(found, world["lead"])

    assert [row.causes for row in differences] == [
        ("閉庁日「臨時閉庁日」（令和6年8月30日（金））が、記録の後で加えられました。",)
    ]


def test_reader_with_a_conflict_gets_totals_of_what_may_be_known(
    db_session: Session, world: World
) -> None:
    with clock.at(FRIDAY):
        make_submitted(world)
        hidden = make_submitted(world)
        declare_conflict(world["lead"], proposal=hidden)
        db_session.commit()

    stored(db_session, TUESDAY)

    subject = db_session.scalar(
        select(OutboxMessage.subject).where(OutboxMessage.letter == "backlog_daily")
    )
    assert subject == "【共通化提案】令和6年の滞留 1件（期限超過 0件）"
    with clock.at(TUESDAY):
        assert compare(snapshot_of(world, date(2024, 9, 3)), world["lead"]) == []


def test_choice_overrides_the_default_of_the_role(db_session: Session, world: World) -> None:
    choose_reports(ChooseReports(daily=False, weekly=True), actor=world["lead"])
    changed = choose_reports(ChooseReports(daily=True, weekly=False), actor=world["officer1"])
    again = choose_reports(ChooseReports(daily=True, weekly=False), actor=world["officer1"])
    db_session.commit()

    assert (changed, again) == (1, 0)
    assert choices_of(world["lead"]) == {SnapshotKind.DAILY: False, SnapshotKind.WEEKLY: True}
    assert choices_of(world["officer1"]) == {SnapshotKind.DAILY: True, SnapshotKind.WEEKLY: False}
