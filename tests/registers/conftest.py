"""Registers as they were printed, in a world at ten in the morning of a Tuesday."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.registers.load import read_entries
from app.registers.services import add_entries
from tests.factories import World, make_world

PRINTED = tuple(read_entries())
NOW = clock.jst(2024, 9, 3, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    """The world of the tests with the registers; its own row of TYPES keeps its place."""
    with clock.at(NOW):
        world = make_world()
        add_entries(PRINTED)
        db_session.commit()
        yield world
