"""World of the tests about dates (期限の知らせ): on Tuesday 27 August 令和6年 at 10:00."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from tests.factories import World, make_world

START = clock.jst(2024, 8, 27, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    """A world whose cases begin at START; a test looks at later moments with `clock.at`."""
    with clock.at(START):
        yield make_world()
