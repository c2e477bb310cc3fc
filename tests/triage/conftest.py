"""The world of the pages (仕分けの画面の世界), at ten in the morning of a Tuesday."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from tests.factories import (
    World,
    make_world,
)
from tests.triage.pages import NOW


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world
