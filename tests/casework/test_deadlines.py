"""Deadlines in words (期限): how a date came about, and who reads which."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.casework.deadlines import deadlines_of
from app.casework.due_trace import reckoning
from app.core import clock
from app.triage.services.pending import Hold, Resume, hold, resume
from tests.factories import World, make_in_review, make_pending, make_returned, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(clock.jst(2024, 9, 2, 9)):
        return make_world()


def test_reckoning_leaves_out_the_first_day_and_closed_days() -> None:
    with clock.at(clock.jst(2024, 9, 12, 9)):
        rows = reckoning(date(2024, 9, 12), 3)

    assert rows == [
        (date(2024, 9, 12), "始まりの日（初日不算入）", 0),
        (date(2024, 9, 13), "1日目", 1),
        (date(2024, 9, 14), "9月16日（月）まで、土曜日・日曜日・敬老の日を除く", None),
        (date(2024, 9, 17), "2日目から3日目（9月18日（水）まで）", 3),
        (date(2024, 9, 18), "期限", 3),
    ]


def test_reckoning_after_a_stop_goes_on_counting() -> None:
    rows = reckoning(date(2024, 9, 2), 1, days_used=7)

    assert rows == [
        (date(2024, 9, 2), "再開した日（数えない）", 7),
        (date(2024, 9, 3), "8日目", 8),
        (date(2024, 9, 3), "期限", 8),
    ]


def test_reckoning_of_nothing_left_ends_on_the_next_open_day() -> None:
    rows = reckoning(date(2024, 9, 14), 0, days_used=10)

    assert rows[-1] == (date(2024, 9, 17), "期限", 10)


def test_running_deadline_ends_where_its_reckoning_ends(world: World) -> None:
    with clock.at(clock.jst(2024, 9, 2, 9)):
        case = make_in_review(world)
        running = deadlines_of(case, world["officer1"]).running

    assert running is not None
    assert (running.label, running.basis) == ("仕分けの期限", "期間 10開庁日")
    assert running.rows[-1] == (case.due_on, "期限", 10)


def test_resumed_deadline_counts_the_days_before_the_stop(world: World) -> None:
    with clock.at(clock.jst(2024, 9, 2, 9)):
        case = make_in_review(world)
    with clock.at(clock.jst(2024, 9, 5, 9)):
        command = Hold(version=case.version, reason="照会中", revisit_on=date(2024, 10, 11))
        hold(case, command, actor=world["officer1"])
        pending = deadlines_of(case, world["officer1"])
    with clock.at(clock.jst(2024, 9, 10, 9)):
        resume(case, Resume(version=case.version), actor=world["officer1"])
        running = deadlines_of(case, world["officer1"]).running

    assert pending.running is not None
    assert (pending.running.label, pending.running.basis, pending.running.rows) == (
        "見直し日",
        "日付指定（9月5日（木）に設定）",
        [],
    )
    assert pending.stopped is not None
    assert pending.stopped == ("仕分け", 7, date(2024, 9, 17))
    assert running is not None
    assert running.basis == "期間 10開庁日（停止の前に3日を使い、残り7日）"
    assert running.rows[-1] == (case.due_on, "期限", 10)


def test_revisit_date_on_a_closed_day_stands_with_a_note(world: World) -> None:
    with clock.at(clock.jst(2024, 9, 2, 9)):
        case = make_in_review(world)
        command = Hold(version=case.version, reason="照会中", revisit_on=date(2024, 9, 23))
        hold(case, command, actor=world["officer1"])
        running = deadlines_of(case, world["officer1"]).running

    assert running is not None
    assert running.notes == ["閉庁日（秋分の日 振替休日）ですが、指定した日なので動かしません。"]


def test_body_reads_its_own_deadline_without_reasons(world: World) -> None:
    with clock.at(clock.jst(2024, 9, 2, 9)):
        case = make_returned(world)
        own, inner = deadlines_of(case, world["city"]), deadlines_of(case, world["lead"])

    assert [(run.label, run.holder, run.reason) for run in own.runs] == [
        ("団体の補正", "提案団体", "")
    ]
    assert own.stopped is None
    assert [(run.label, run.result) for run in inner.runs] == [
        ("団体の補正", "進行中"),
        ("形式確認", "停止"),
    ]


def test_body_reads_no_deadline_of_the_secretariat(world: World) -> None:
    with clock.at(clock.jst(2024, 9, 2, 9)):
        case = make_pending(world)
        own = deadlines_of(case, world["city-mgr"])

    assert (own.running, own.stopped, own.runs) == (None, None, [])


def test_run_that_ended_after_its_date_says_how_late(world: World) -> None:
    with clock.at(clock.jst(2024, 9, 2, 9)):
        case = make_returned(world)
    with clock.at(clock.jst(2024, 9, 17, 9)):
        from_returned = deadlines_of(case, world["lead"]).running

    assert from_returned is not None
    assert (from_returned.due.date, from_returned.due.words) == (date(2024, 9, 9), "5開庁日超過")
