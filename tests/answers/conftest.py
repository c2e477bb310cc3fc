"""Worlds of the tests of replies and views (回答・見解の試験)."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import World, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world
