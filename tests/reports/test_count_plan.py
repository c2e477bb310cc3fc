"""What the counts of a round read (実行計画): an index alone, not its cases one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.reports.backlog.counted_anew import count_unsettled_lately
from app.reports.counting import Basis
from app.reports.present_counts import present_counts
from tests.factories import make_submitted, make_world

Question = tuple[str, Any]


@pytest.fixture(params=list(Basis))
def basis(request: pytest.FixtureRequest) -> Basis:
    found: Basis = request.param
    return found


@contextmanager
def noted_questions() -> Iterator[list[Question]]:
    asked: list[Question] = []

    def note(_connection: object, _cursor: object, text: str, values: Any, *_rest: object) -> None:
        asked.append((text, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan_of(session: Session, question: Question) -> list[str]:
    text, values = question
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
    return [row[-1] for row in rows]


def test_bodies_of_a_round_are_counted_from_an_index_alone(
    db_session: Session, basis: Basis
) -> None:
    world = make_world()
    make_submitted(world)
    db_session.commit()
    with noted_questions() as asked:
        counts = present_counts(world.round, basis)

    assert counts.organizations == 1
    if db.engine.dialect.name == "sqlite":
        [question] = [row for row in asked if "DISTINCT" in row[0].upper()]
        steps = plan_of(db_session, question)
        reads = [step for step in steps if step.startswith(("SEARCH proposal ", "SCAN"))]
        assert [step for step in reads if "COVERING INDEX" not in step] == []


def test_moves_of_the_last_week_are_read_from_an_index_alone(db_session: Session) -> None:
    world = make_world()
    make_submitted(world)
    db_session.commit()
    with noted_questions() as asked:
        week_ago = clock.now() - timedelta(days=7)
        before = count_unsettled_lately(world.round, None, week_ago, present=1)

    assert before == 0
    if db.engine.dialect.name == "sqlite":
        [reads, *_] = plan_of(db_session, asked[-1])
        assert reads.startswith("SEARCH audit_event USING COVERING INDEX ix_audit_event_moved")
