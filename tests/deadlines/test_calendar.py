"""Closed days that are entered (臨時の閉庁日): every running period is reckoned anew, once."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import OfficeClosure
from app.core import clock
from app.core.closing_days import ClosingDay, office_calendar
from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from app.deadlines.models import ChangeKind, DeadlineChange
from app.deadlines.moves import print_of
from app.deadlines.queries import changes_of, due_dates_at
from app.deadlines.services import catch_up_with_calendar
from app.deadlines.services.calendar import (
    AddClosingDay,
    ConfirmYear,
    WithdrawClosingDay,
    add_closing_day,
    confirm_year,
    rehearse_adding,
    rehearse_withdrawing,
    withdraw_closing_day,
)
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.proposals.clocks import running_clock
from app.proposals.lifecycle import CaseStanding, standing_of, take_back
from app.proposals.models import Proposal
from app.triage.queries import current_assignments
from app.triage.services.pending import Hold, hold
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_in_review,
    make_pending,
    make_returned,
    make_submitted,
    make_world,
)

NOW = clock.jst(2024, 8, 27, 10)
CLOSED = date(2024, 8, 29)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(NOW):
        return make_world()


def command(day: date = CLOSED, agreed: str = "") -> AddClosingDay:
    return AddClosingDay(day=day, name="庁舎の停電", basis="庁内の決定", agreed=agreed)


def close_day(world: World, day: date = CLOSED) -> ClosingDay:
    admin = world["admin"]
    agreed = print_of(rehearse_adding(command(day), actor=admin))
    add_closing_day(command(day, agreed), actor=admin)
    return db.session.scalars(select(ClosingDay).where(ClosingDay.day == day)).one()


def open_again(world: World, row: ClosingDay) -> None:
    agreed = print_of(rehearse_withdrawing(row, actor=world["admin"]))
    withdraw_closing_day(
        row, WithdrawClosingDay(reason="中止", agreed=agreed), actor=world["admin"]
    )


def agreed_in(page: str) -> str:
    """The print of the shown list, in the hidden field of the form."""
    [field] = re.findall(r'<input[^>]*name="agreed"[^>]*>', page)
    return field.split('value="')[1].split('"')[0]


def dates(*cases: Proposal) -> list[date | None]:
    return [case.due_on for case in cases]


def test_closed_day_moves_every_period_that_reaches_it(world: World, db_session: Session) -> None:
    with clock.at(NOW):
        review, returned, check = make_in_review(world), make_returned(world), make_submitted(world)
        pending = make_pending(world)
        before = dates(review, returned, check, pending)
        close_day(world)
    running = [running_clock(case) for case in (review, returned, check)]

    assert before[:3] == [date(2024, 9, 10), date(2024, 9, 3), date(2024, 8, 30)]
    assert dates(review, returned, check) == [
        date(2024, 9, 11),
        date(2024, 9, 4),
        date(2024, 9, 2),
    ]
    assert pending.due_on == before[3]
    assert [(row.due_on, row.own_closures) for row in running if row] == [
        (case.due_on, {"2024-08-29": "庁舎の停電"}) for case in (review, returned, check)
    ]
    assert [row.due_on for row in current_assignments(review)] == [date(2024, 9, 11)]
    assert db_session.scalar(select(func.count()).select_from(DeadlineChange)) == 3
    [change] = changes_of(review)
    assert (change.kind, change.old_due_on, change.new_due_on, change.closing_days) == (
        ChangeKind.CALENDAR,
        date(2024, 9, 10),
        date(2024, 9, 11),
        ["2024-08-29"],
    )
    told = db_session.scalars(
        select(OutboxMessage.recipient_id).where(OutboxMessage.letter == "deadlines_moved")
    )
    assert sorted(told) == sorted(world[name].id for name in ("city", "city-mgr", "officer1"))


def test_news_of_one_moved_date_names_the_case(world: World, db_session: Session) -> None:
    with clock.at(NOW):
        review, _, _ = make_in_review(world), make_returned(world), make_returned(world)
        close_day(world)

    told = db_session.execute(
        select(OutboxMessage.recipient_id, OutboxMessage.subject).where(
            OutboxMessage.letter == "deadlines_moved"
        )
    )
    both = "【共通化提案】期限が変わりました（2件）"
    assert {row.recipient_id: row.subject for row in told} == {
        world["officer1"].id: (
            f"【共通化提案】{review.receipt_number} の期限が9月11日（水）に変わりました"
        ),
        world["city"].id: both,
        world["city-mgr"].id: both,
    }


def test_withdrawn_closed_day_brings_the_dates_back(world: World) -> None:
    with clock.at(NOW):
        review, returned = make_in_review(world), make_returned(world)
        before = dates(review, returned)
        open_again(world, close_day(world))

    assert dates(review, returned) == before
    assert [change.kind for change in changes_of(review)] == [ChangeKind.CALENDAR] * 2
    assert [running_clock(case).own_closures for case in (review, returned)] == [{}, {}]


def put_off(case: Proposal, world: World) -> CaseStanding:
    """Hold a case, and note where it stood, for the act to be taken back."""
    before = standing_of(case)
    command_ = Hold(version=case.version, reason="照会", revisit_on=date(2024, 9, 20))
    hold(case, command_, actor=world["officer1"])
    return before


def test_clock_that_runs_again_by_an_undo_takes_the_day_closed_meanwhile(world: World) -> None:
    with clock.at(NOW):
        case = make_in_review(world)
        before = put_off(case, world)
        close_day(world)
        take_back(case, before, actor=world["officer1"], changes={})
    running = running_clock(case)

    assert running is not None
    assert (running.due_on, case.due_on) == (date(2024, 9, 11), date(2024, 9, 11))
    assert running.own_closures == {"2024-08-29": "庁舎の停電"}
    assert [row.due_on for row in current_assignments(case)] == [date(2024, 9, 11)]
    [change] = changes_of(case)
    assert (change.kind, change.decided_by) == (ChangeKind.CALENDAR, world["officer1"])


def test_clock_that_runs_again_by_an_undo_gives_back_the_day_opened_meanwhile(
    world: World,
) -> None:
    with clock.at(NOW):
        case = make_in_review(world)
        row = close_day(world)
        before = put_off(case, world)
        open_again(world, row)
        take_back(case, before, actor=world["officer1"], changes={})

    assert case.due_on == date(2024, 9, 10)
    assert [change.new_due_on.day for change in changes_of(case)] == [10, 11]


def test_body_that_changed_its_own_days_gets_no_other_date_by_a_move(world: World) -> None:
    with clock.at(NOW):
        closure = OfficeClosure(
            organization_id=world["city"].organization_id, day=CLOSED, name="開庁記念日"
        )
        db.session.add(closure)
        db.session.flush()
        db.session.expire_all()
        case = make_returned(world)
        told = case.due_on
        db.session.delete(closure)
        db.session.flush()
        db.session.expire_all()
        catch_up_with_calendar(case, world["city-mgr"])

    assert (told, case.due_on, changes_of(case)) == (date(2024, 9, 4), told, [])


def test_date_in_force_at_an_instant_is_known_later(world: World) -> None:
    with clock.at(NOW):
        review = make_in_review(world)
    with clock.at(clock.jst(2024, 8, 28, 10)):
        row = close_day(world)
    with clock.at(clock.jst(2024, 8, 28, 12)):
        open_again(world, row)
    running = running_clock(review)
    instants = [clock.jst(2024, 8, 28, hour) for hour in (9, 10, 11, 12)]

    told = [due_dates_at(each, [running.id]).get(running.id, running.due_on) for each in instants]
    assert [day.day for day in told] == [10, 11, 11, 10]
    assert due_dates_at(instants[0], [running.id]) == {running.id: date(2024, 9, 10)}
    assert due_dates_at(instants[3], [running.id]) == {}


def test_dates_that_moved_meanwhile_are_shown_anew(world: World) -> None:
    with clock.at(NOW):
        agreed = print_of(rehearse_adding(command(), actor=world["admin"]))
        case = make_in_review(world)

        with pytest.raises(StaleVersion):
            add_closing_day(command(agreed=agreed), actor=world["admin"])

    assert (case.due_on, changes_of(case)) == (date(2024, 9, 10), [])


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 8, 26), "今日以後の日を入力してください。過ぎた日の期限は動かしません"),
        (
            date(2024, 9, 16),
            "令和6年9月16日（月）は既に閉庁日です（敬老の日）。登録は要りません",
        ),
    ],
)
def test_day_that_can_not_be_closed_is_refused(world: World, day: date, words: str) -> None:
    with clock.at(NOW), pytest.raises(InvalidInput) as refused:
        rehearse_adding(command(day), actor=world["admin"])

    assert refused.value.errors == {"day": [words]}


def test_only_the_administrator_changes_the_calendar(world: World) -> None:
    with clock.at(NOW), pytest.raises(NotAllowed):
        add_closing_day(command(), actor=world["lead"])


def test_year_is_confirmed_one_after_the_other(world: World) -> None:
    admin = world["admin"]
    with clock.at(NOW):
        with pytest.raises(InvalidInput):
            confirm_year(ConfirmYear(year=2029, basis="官報"), actor=admin)
        confirm_year(ConfirmYear(year=2028, basis="令和10年暦要項"), actor=admin)
        reached = office_calendar().last_valid_year

    assert reached == 2028


def test_pages_show_what_would_move_before_it_moves(app: Flask, world: World) -> None:
    with clock.at(NOW):
        make_in_review(world)
        admin, officer = enter(app, "admin"), enter(app, "officer1")
        typed = {"day": "2024-08-29", "name": "庁舎の停電", "basis": "庁内の決定"}
        seen = admin.post("/calendar/closing-days/new", data=typed)
        agreed = agreed_in(seen.text)
        done = admin.post("/calendar/closing-days/new", data={**typed, "agreed": agreed})
        page, reading = admin.get("/calendar?year=2024"), officer.get("/calendar?year=x")
        refused = officer.get("/calendar/closing-days/new")
        wrong = admin.post("/calendar/closing-days/new", data={**typed, "day": "8月の末"})

    assert (seen.status_code, done.status_code, wrong.status_code) == (200, 302, 422)
    assert "R6-0001" in seen.text
    assert "動く期限 1件" in seen.text
    assert (page.status_code, reading.status_code, refused.status_code) == (200, 200, 403)
    assert "庁舎の停電" in page.text
    assert "閉庁日を加える" not in reading.text


def test_list_of_moves_leaves_out_a_conflict_of_interest(app: Flask, world: World) -> None:
    with clock.at(NOW):
        case = make_in_review(world)
        declare_conflict(world["admin"], proposal=case)
        admin = enter(app, "admin")
        typed = {"day": "2024-08-29", "name": "停電", "basis": "決定"}
        seen = admin.post("/calendar/closing-days/new", data=typed)

    assert "R6-0001" not in seen.text
    assert "動く期限はありません" in seen.text


@pytest.mark.parametrize(
    ("day", "is_told"), [(date(2027, 6, 28), False), (date(2027, 6, 30), True)]
)
def test_home_of_the_administrator_tells_before_the_calendar_ends(
    app: Flask, world: World, day: date, is_told: bool
) -> None:
    with clock.at(clock.jst(day.year, day.month, day.day, 9)):
        page = enter(app, "admin").get("/").text

    assert ("暦は2027年12月31日で終わります" in page) is is_told
