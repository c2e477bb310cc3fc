"""Random histories and walks of cases (時間の内訳): the parts make the whole exactly."""

import os

from sqlalchemy.orm import Session

from app.core import clock
from tests.deadlines.histories import check_history
from tests.deadlines.walks import START, check_walk
from tests.factories import make_world

HISTORIES = int(os.environ.get("SOAK_HISTORIES", "10000"))
WALKS = int(os.environ.get("SOAK_WALKS", "100"))
ACTS = 20


def test_time_adds_up_exactly_in_every_history() -> None:
    for seed in range(HISTORIES):
        check_history(seed)


def test_time_adds_up_exactly_in_every_walk(db_session: Session) -> None:
    with clock.at(START):
        world = make_world(closes_at=clock.jst(2026, 3, 31))
    for seed in range(WALKS):
        check_walk(world, seed, ACTS)
