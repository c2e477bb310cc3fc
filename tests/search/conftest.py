import pytest
from sqlalchemy.orm import Session

from tests.factories import World, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()
