"""Loads of the ministries and what can be expected of them (府省庁の負荷・回答の見込み)."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.handoffs.models import Reply
from app.routing.forecast import PastReplies, count_until, forecast, quantile
from app.routing.load import ministry_loads, outlook, read_meeting_day
from app.workflow.handoffs import HandoffState, ReplyKind, ReplyStatus
from tests.accounts.browser import enter
from tests.batches.cases import make_batch, make_cited
from tests.factories import World, declare_conflict, make_classified, make_handoff, make_world

TEN = PastReplies(days=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), most_at_once=5)
TODAY = date(2024, 9, 2)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def expected(past: PastReplies, open_now: int, added: int) -> tuple[int, int] | None:
    calendar = office_calendar()
    found = forecast(past, open_now, added, today=TODAY, calendar=calendar)
    if found is None:
        return None
    half, most = (
        calendar.office_days_between(TODAY, day) for day in (found.half_on, found.most_on)
    )
    return half, most


def test_forecast_is_the_order_of_the_past_times_and_the_load(world: World) -> None:
    assert (quantile(TEN.days, 0.5), quantile(TEN.days, 0.85), TEN.median) == (5, 9, 5.5)
    assert expected(TEN, 0, 5) == (5, 9)
    assert expected(TEN, 5, 5) == (10, 18)
    assert expected(PastReplies(days=TEN.days[:9], most_at_once=5), 0, 5) is None
    assert expected(PastReplies(days=TEN.days, most_at_once=1), 0, 90_000) is None
    assert (count_until(TEN, 0, 5, 4), count_until(TEN, 5, 5, 4)) == (2, 1)


def test_loads_count_open_hand_offs_replies_and_rows(db_session: Session) -> None:
    with clock.at(clock.jst(2024, 8, 1, 10)):
        world = make_world()
        ministry = world["ministry"].organization
        make_handoff(world, make_classified(world))
        hidden = make_classified(world)
        make_handoff(world, hidden)
        answered = make_handoff(world, make_classified(world), state=HandoffState.ANSWERED)
    with clock.at(clock.jst(2024, 8, 9, 10)):
        db.session.add(
            Reply(
                handoff_id=answered.id,
                round_number=1,
                status=ReplyStatus.SENT,
                kind=ReplyKind.DIFFICULT,
                text="回答",
                drafted_by_id=world["ministry"].id,
                drafted_at=clock.now(),
                sent_by_id=world["coordinator"].id,
                sent_at=clock.now(),
            )
        )
        db.session.flush()
    declare_conflict(world["officer2"], proposal=hidden)
    db.session.flush()

    with clock.at(clock.jst(2024, 9, 2, 10)):
        load = ministry_loads(world["officer1"], world.round)[ministry.id]
        less = ministry_loads(world["officer2"], world.round)[ministry.id]
        seen = outlook(load, 3, TODAY + timedelta(days=30))

    assert (load.open_count, load.late_count, load.past.days) == (2, 2, (6,))
    assert (less.open_count, less.past.most_at_once) == (1, 1)
    assert (seen.forecast, seen.in_time, seen.is_late) == (None, None, False)


@pytest.mark.parametrize("typed", ["来月", "2000-01-01", "9999-12-31"])
def test_meeting_day_that_cannot_be_is_said_in_words(world: World, typed: str) -> None:
    day, problem = read_meeting_day(typed)

    assert day is None
    assert problem


def test_batch_says_what_can_be_expected(app: Flask, world: World) -> None:
    world.entry.ministry_name = "厚生労働省"
    ministry = world["ministry"].organization
    batch = make_batch(world, make_cited(world))
    make_handoff(world, make_classified(world))
    browser = enter(app, "officer1")

    plain = browser.get(f"/handoffs/batches/{batch.id}")
    wrong = browser.get(f"/handoffs/batches/{batch.id}?meeting_on=来月")
    page = browser.get("/handoffs/load")

    assert [row.status_code for row in (plain, wrong, page)] == [200, 200, 200]
    assert "データ不足" in plain.text
    assert "field-error" in wrong.text
    assert ministry.name in page.text
