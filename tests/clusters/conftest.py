"""The world of the clusters (まとまりの世界): systems as bodies describe them."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from tests.clusters.systems import NOW
from tests.factories import World, make_world


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world
