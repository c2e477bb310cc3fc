"""Migrations 0034 to 0043 over a database in use: what there was before them stays as it was."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core import clock
from app.extensions import Base, alembic, db
from app.workflow.handoffs import HandoffState
from tests.architecture.used_database import NOW, Rows, Tables, add_row, read, shared, stored
from tests.batches.cases import make_batch, make_cited
from tests.conftest import close_connections, make_app
from tests.factories import (
    make_classified,
    make_closed,
    make_draft,
    make_handoff,
    make_in_review,
    make_pending,
    make_world,
)

# Columns, keys, checks and indexes in words, by the name of the table.
Shapes = dict[str, list[str]]

BEFORE, LAST = "0033", "0043"
ADDED = {
    "handoff_batch",
    "reply_release",
    "body_view",
    "handoff",
    "handoff_due",
    "handoff_file",
    "reexamination",
    "reply",
    "reply_file",
    "request_template",
    "handoff_batch_case",
    "handoff_batch_letter",
    "handoff_batch_destination",
    "candidate_section",
    "candidate",
    "candidate_exemption",
    "candidate_case",
    "candidate_milestone",
    "candidate_ministry",
    "candidate_move",
    "candidate_register_entry",
    "progress_report",
    "plan",
    "plan_section",
    "plan_version",
    "plan_comment",
    "paper",
    "disclosure_request",
    "publication",
    "publication_consent",
    "disclosure_record",
    "redaction",
    "other_process_outcome",
    "study_note",
    "handoff_escalation",
    "handoff_overdue_event",
    "duty",
}
# What a row needs beside the first of everything: its own checks ask for it.
NEEDED: dict[str, dict[str, Any]] = {
    "reexamination": {"round_number": 2},
    "handoff_file": {"stored_file_id": 1},
    "candidate_milestone": {"planned_on": NOW.date()},
    "plan": {"fiscal_year": 2024},
    "redaction": {"start": 0},
}
SEND = "UPDATE handoff SET state = 'sent', sent_at = prepared_at, sent_by_id = prepared_by_id"


@pytest.fixture
def fresh_shapes(empty_database: str) -> Shapes:
    """Shape of every table as the migrations make it, before there is any row."""
    app = make_app(empty_database)
    with app.app_context():
        alembic.upgrade(BEFORE)
        found = shapes()
    close_connections(app)
    return found


@pytest.fixture
def used_app(committed_app: Flask) -> Iterator[Flask]:
    """Cases in several states, a hand-off that is prepared, a row in every table."""
    with committed_app.app_context():
        with clock.at(NOW):
            world = make_world()
            for make in (make_draft, make_in_review, make_pending, make_closed):
                make(world)
            make_handoff(world, make_classified(world), state=HandoffState.PREPARED)
            make_batch(world, make_cited(world))
            db.session.commit()
        add_row("round", id=2, key="R7", closes_at=NOW + timedelta(days=30))
        add_row("stored_file", sha256="0" * 64)
        fill()
        yield committed_app


def fill() -> None:
    """Add a row to every one of the new tables that has none."""
    for table in Base.metadata.sorted_tables:
        if table.name in ADDED and not read(f"SELECT 1 FROM {table.name}"):
            add_row(table.name, **NEEDED.get(table.name, {}))


def shapes() -> Shapes:
    """Columns, keys, checks and indexes of every table, in whatever order."""
    found = inspect(db.engine)
    readers = (
        found.get_multi_columns,
        found.get_multi_pk_constraint,
        found.get_multi_foreign_keys,
        found.get_multi_unique_constraints,
        found.get_multi_check_constraints,
        found.get_multi_indexes,
    )
    tables: Shapes = {}
    for read_all in readers:
        for (_schema, name), parts in read_all().items():
            listed = parts if isinstance(parts, list) else [parts]
            tables.setdefault(name, []).extend(sorted(map(in_words, listed)))
    return tables


def in_words(part: dict[str, Any]) -> str:
    """A part of a table; the condition of a partial index is told by its text."""
    options = {key: str(value) for key, value in part.get("dialect_options", {}).items()}
    return repr(part | {"dialect_options": options})


def unlike(one: Shapes, other: Shapes) -> Shapes:
    """What one of them has and the other has not, of the tables where they differ."""
    return {
        name: sorted(set(one.get(name, ())) ^ set(other.get(name, ())))
        for name in one | other
        if one.get(name) != other.get(name)
    }


def add_clock(proposal_id: int, *, is_running: bool) -> None:
    last = read("SELECT max(id) FROM case_clock")[0][0]
    end = {} if is_running else {"ended_at": NOW, "end": "done"}
    add_row("case_clock", id=last + 1, proposal_id=proposal_id, **end)


def case_without_running_clock() -> int:
    running = "SELECT proposal_id FROM case_clock WHERE ended_at IS NULL"
    found: int = read(f"SELECT min(id) FROM proposal WHERE id NOT IN ({running})")[0][0]
    return found


def without_settlement(tables: Tables) -> Tables:
    """The tables without the rows of an old one that have no place in it: the added term."""
    columns, rows = tables["round_term"]
    kept = [row for row in rows if row[columns.index("term")] != "settlement"]
    return tables | {"round_term": (columns, kept)}


def settlement_terms() -> Rows:
    return read("SELECT round_id, office_days FROM round_term WHERE term = 'settlement' ORDER BY 1")


def test_what_there_was_before_stays_on_the_way_down_and_up(
    used_app: Flask, fresh_shapes: Shapes
) -> None:
    # What later migrations add is for their own tests to say.
    alembic.downgrade(LAST)
    at_head, shapes_at_head = stored(), shapes()
    alembic.downgrade(BEFORE)
    below, shapes_below = stored(), shapes()
    settlement_below = settlement_terms()
    alembic.upgrade(LAST)
    again, shapes_again = stored(), shapes()

    assert set(at_head) - set(below) == ADDED
    assert [name for name in ADDED if not at_head[name][1]] == []
    for known in (at_head, again):
        assert shared(without_settlement(known), below) == shared(below, below)
    assert unlike(shapes_below, fresh_shapes) == unlike(shapes_again, shapes_at_head) == {}
    assert settlement_below == []
    assert (
        settlement_terms() == [(row[0], 5) for row in read("SELECT id FROM round ORDER BY 1")] != []
    )


def test_guards_of_the_tables_stand_after_the_way_down_and_up(used_app: Flask) -> None:
    alembic.downgrade(BEFORE)
    alembic.upgrade()
    fill()
    case = case_without_running_clock()

    for is_running in (False, False, True):
        add_clock(case, is_running=is_running)
    with pytest.raises(IntegrityError, match=r"uq_case_clock_running|case_clock\.proposal_id"):
        add_clock(case, is_running=True)
    with pytest.raises(IntegrityError, match="ck_case_clock_term"), db.engine.begin() as connection:
        connection.execute(text("UPDATE case_clock SET term = 'lunch'"))
    for change in (
        "UPDATE plan_version SET reason = 'y'",
        "DELETE FROM plan_version",
        "UPDATE paper SET title = 'y'",
        "DELETE FROM paper",
    ):
        with pytest.raises(DBAPIError, match="never changed"), db.engine.begin() as connection:
            connection.execute(text(change))


def test_hand_off_that_was_sent_keeps_the_tables(used_app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(SEND))
    before = stored(), shapes()

    with pytest.raises(RuntimeError, match="1 hand-offs that were sent"):
        alembic.downgrade(BEFORE)

    assert (stored(), shapes()) == before
