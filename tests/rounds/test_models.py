"""When a round is open (募集中): to the second, and for one body longer than for the others."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.rounds.queries import closes_at_for, current_round, open_rounds
from app.rounds.services import ChangeClosing, NewRound, create_round, extend_for_body
from app.workflow.terms import Term
from tests.factories import World, make_world

OPENS = clock.jst(2024, 8, 5)
CLOSES = clock.jst(2024, 8, 27, 23, 59, 59)
TICK = timedelta(microseconds=1)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(OPENS):
        return make_world(opens_at=OPENS, closes_at=CLOSES)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (OPENS - TICK, False),
        (OPENS, True),
        (clock.jst(2024, 8, 27, 23, 59, 59), True),
        (clock.jst(2024, 8, 27, 23, 59, 59) + timedelta(milliseconds=900), True),
        (clock.jst(2024, 8, 28) - TICK, True),
        (clock.jst(2024, 8, 28), False),
    ],
)
def test_closing_second_belongs_to_the_round(world: World, moment: datetime, is_open: bool) -> None:
    with clock.at(moment):
        assert world.round.is_open() is is_open


def test_extension_is_for_one_body(world: World) -> None:
    later = clock.jst(2024, 9, 2, 17)
    city, other = world["city"].organization_id, world["other"].organization_id

    extend_for_body(
        world.round, city, ChangeClosing(closes_at=later, reason="災害"), actor=world["lead"]
    )

    assert closes_at_for(world.round, city) == later
    assert closes_at_for(world.round, other) == CLOSES
    with clock.at(later):
        assert (open_rounds(city), open_rounds(other)) == ([world.round], [])
    with clock.at(later + timedelta(seconds=1)):
        assert open_rounds(city) == []


def test_extension_never_shortens_the_round(world: World) -> None:
    city = world["city"].organization_id
    command = ChangeClosing(closes_at=CLOSES + timedelta(days=1), reason="災害")
    extend_for_body(world.round, city, command, actor=world["lead"])

    world.round.closes_at = CLOSES + timedelta(days=7)

    assert closes_at_for(world.round, city) == CLOSES + timedelta(days=7)


def test_current_round_is_the_latest_that_has_opened(world: World) -> None:
    next_year = NewRound(
        key="R7",
        label="令和7年",
        name="募集",
        opens_at=clock.jst(2025, 8, 4),
        closes_at=clock.jst(2025, 8, 29),
    )
    second = create_round(world.round.scheme, next_year, actor=world["admin"])

    with clock.at(clock.jst(2025, 8, 4) - TICK):
        before = current_round()
    with clock.at(clock.jst(2025, 8, 4)):
        after = current_round()

    assert (before, after) == (world.round, second)


def test_term_that_the_round_does_not_have_is_an_error(world: World) -> None:
    with pytest.raises(LookupError):
        world.round.office_days(Term.REVISIT)
