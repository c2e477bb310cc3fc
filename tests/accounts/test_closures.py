"""Closed days of a body's own (団体の閉庁日): they count in its periods, and dates told stay."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.accounts.services.closures import AddClosure, add_closure, remove_closure
from app.casework.deadlines import deadlines_of
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.proposals.presentation import due_of
from tests.factories import World, make_in_review, make_returned, make_world

# A Monday; the term for a correction is counted from here.
MONDAY = clock.jst(2026, 6, 1, 12)
TUESDAY, WEDNESDAY = date(2026, 6, 2), date(2026, 6, 3)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(MONDAY):
        world = make_world()
        db_session.commit()
    return world


def close_on(world: World, day: date, name: str = "市制施行記念日", by: str = "city-mgr") -> None:
    with clock.at(MONDAY):
        add_closure(world["city"].organization, AddClosure(day=day, name=name), actor=world[by])


def test_correction_takes_one_day_more_over_an_own_closed_day(world: World) -> None:
    with clock.at(MONDAY):
        plain = make_returned(world).due_on
    close_on(world, WEDNESDAY)

    with clock.at(MONDAY):
        longer = make_returned(world).due_on
        of_secretariat = make_in_review(world).due_on

    calendar = world["city"].organization.calendar()
    assert plain is not None
    assert longer == calendar.add_office_days(plain, 1)
    assert of_secretariat == _without_closures(world)


def _without_closures(world: World) -> date | None:
    with clock.at(MONDAY):
        remove_closure(world["city"].organization, WEDNESDAY, actor=world["city-mgr"])
        return make_in_review(world).due_on


def test_reckoning_names_the_closed_day_to_both_sides(world: World) -> None:
    close_on(world, WEDNESDAY)
    with clock.at(MONDAY):
        proposal = make_returned(world)

        told = [deadlines_of(proposal, world[login]).running for login in ("city", "officer1")]

    for running in told:
        assert running is not None
        assert (WEDNESDAY, "市制施行記念日を除く", None) in running.rows
        assert running.rows[-1][0] == proposal.due_on


def test_date_that_was_told_stays_when_the_calendar_changes(world: World) -> None:
    close_on(world, WEDNESDAY)
    with clock.at(MONDAY):
        proposal = make_returned(world)
    told = proposal.due_on

    with clock.at(MONDAY):
        remove_closure(world["city"].organization, WEDNESDAY, actor=world["city-mgr"])
    close_on(world, TUESDAY)
    with clock.at(MONDAY):
        running = deadlines_of(proposal, world["city"]).running

    assert proposal.due_on == told
    assert running is not None
    assert running.rows[-1][0] == told
    assert (WEDNESDAY, "市制施行記念日を除く", None) in running.rows


def test_days_left_are_those_on_which_the_body_is_open(world: World) -> None:
    with clock.at(MONDAY):
        proposal = make_returned(world)
        before = due_of(proposal, world["city"])
    close_on(world, TUESDAY)
    with clock.at(MONDAY):
        after = due_of(proposal, world["city"])

    assert before is not None
    assert after is not None
    assert (before.words, after.words) == ("あと5開庁日", "あと4開庁日")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 5, 29), "今日以後の日を入力してください"),
        (date(2026, 6, 6), "令和8年6月6日（土）は全国で閉庁日です（土曜日）。登録は要りません"),
        (date(2026, 7, 20), "令和8年7月20日（月）は全国で閉庁日です（海の日）。登録は要りません"),
        (WEDNESDAY, "令和8年6月3日（水）は既に登録されています"),
    ],
)
def test_day_that_is_over_closed_or_listed_is_refused(world: World, day: date, words: str) -> None:
    close_on(world, WEDNESDAY)

    with pytest.raises(InvalidInput) as refused:
        close_on(world, day)

    assert refused.value.errors == {"day": [words]}


def test_year_beyond_the_calendar_is_refused_in_words(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        close_on(world, date(2031, 6, 3))

    assert list(refused.value.errors) == ["day"]


def test_a_year_has_at_most_twenty_own_closed_days(world: World) -> None:
    calendar = world["city"].organization.calendar()
    day = TUESDAY
    for _ in range(20):
        close_on(world, day)
        day = calendar.add_office_days(day, 1)

    with pytest.raises(InvalidInput) as refused:
        close_on(world, day)

    assert refused.value.errors == {"day": ["閉庁日は1年に20日まで登録できます"]}


def test_other_bodies_and_other_kinds_are_refused(world: World) -> None:
    with pytest.raises(NotAllowed):
        close_on(world, WEDNESDAY, by="other-mgr")
    command = AddClosure(day=WEDNESDAY, name="休み")
    with clock.at(MONDAY), pytest.raises(NotAllowed):
        add_closure(world["ministry"].organization, command, actor=world["admin"])


def test_past_or_missing_day_is_not_removed(world: World) -> None:
    close_on(world, TUESDAY)
    body = world["city"].organization

    with clock.at(clock.jst(2026, 6, 3)), pytest.raises(NotAllowed):
        remove_closure(body, TUESDAY, actor=world["city-mgr"])
    with pytest.raises(NotFound):
        remove_closure(body, WEDNESDAY, actor=world["city-mgr"])
