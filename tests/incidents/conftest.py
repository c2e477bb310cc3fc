"""The world of the incidents (事故の報告の世界)."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from tests.factories import World, make_world

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        yield make_world()
