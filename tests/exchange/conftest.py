"""A world in which a city brings its proposals in (取込みの試験の世界)."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from tests.factories import World, make_world

OPENS = clock.jst(2024, 8, 5)
CLOSES = clock.jst(2024, 8, 27, 23, 59, 59)
IN_TIME = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(IN_TIME):
        world = make_world(opens_at=OPENS, closes_at=CLOSES)
        db_session.commit()
        yield world
