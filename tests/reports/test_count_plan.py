"""What the counts of a round read (実行計画): an index alone, not its cases one by one."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.extensions import db
from app.reports.counting import Basis
from app.reports.present_counts import present_counts
from tests.factories import make_submitted, make_world


@pytest.fixture(params=list(Basis))
def basis(request: pytest.FixtureRequest) -> Basis:
    found: Basis = request.param
    return found


def test_bodies_of_a_round_are_counted_from_an_index_alone(
    db_session: Session, basis: Basis
) -> None:
    world = make_world()
    make_submitted(world)
    db_session.commit()
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, text: str, values: Any, *_rest: object) -> None:
        asked.append((text, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        counts = present_counts(world.round, basis)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert counts.organizations == 1
    if db.engine.dialect.name == "sqlite":
        [(text, values)] = [row for row in asked if "DISTINCT" in row[0].upper()]
        plan = db_session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()
        reads = [row[-1] for row in plan if row[-1].startswith(("SEARCH proposal ", "SCAN"))]
        assert [step for step in reads if "COVERING INDEX" not in step] == []
