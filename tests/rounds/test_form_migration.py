"""The move of the form from the code into the rounds (様式の移行): rows that exist keep theirs."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import alembic, db
from app.rounds.default_form import default_fields
from tests.conftest import close_connections, make_app

ROUND = """
    INSERT INTO round (id, key, label, name, scheme_id, opens_at, closes_at, is_practice,
        reviewers_required, title_limit, requested_measure_limit, hardship_and_effect_limit,
        special_ward_counts_as, last_receipt_sequence, version, attachment_file_limit_mb,
        attachment_total_limit_mb, attachment_count_limit)
    VALUES (1, 'R6', '令和6年', '募集', 1, '2024-08-05', '2024-08-27', {false}, 2, 90, 250, 650,
        'city', 3, 1, 20, 60, 20)
"""


@pytest.fixture
def old_app(empty_database: str) -> Iterator[Flask]:
    app = make_app(empty_database)
    with app.app_context():
        alembic.upgrade("0003")
        yield app
    close_connections(app)


def run(statement: str) -> list[tuple[object, ...]]:
    with db.engine.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_round_keeps_its_form_and_its_limits_there_and_back(old_app: Flask) -> None:
    false = "0" if db.engine.dialect.name == "sqlite" else "false"
    run("INSERT INTO scheme (id, key, name, version) VALUES (1, 'R6', '分類体系', 1)")
    run(ROUND.format(false=false))

    alembic.upgrade("0004")
    fields = run("SELECT name, character_limit, limit_group FROM form_field ORDER BY position")
    run("UPDATE form_field SET character_limit = 80 WHERE name = 'title'")
    alembic.downgrade("0003")
    limits = run(
        "SELECT title_limit, requested_measure_limit, hardship_and_effect_limit FROM round"
    )

    assert [row for row in fields if row[1] is not None] == [
        ("title", 90, None),
        ("requested_measure", 250, None),
        ("hardship_case", 650, "hardship_and_effect"),
        ("effect", 650, "hardship_and_effect"),
    ]
    assert limits == [(80, 250, 650)]


def test_round_that_exists_is_not_asked_the_new_question(old_app: Flask) -> None:
    false = "0" if db.engine.dialect.name == "sqlite" else "false"
    run("INSERT INTO scheme (id, key, name, version) VALUES (1, 'R6', '分類体系', 1)")
    run(ROUND.format(false=false))

    alembic.upgrade("0004")
    kept = run("SELECT name, label, is_required, kind, audience FROM form_field ORDER BY position")

    standard = [
        (row.name, row.label, row.is_required, row.kind.value, row.audience.value)
        for row in default_fields()
        if row.name != "is_bunken_proposal"
    ]
    assert [(*row[:2], bool(row[2]), *row[3:]) for row in kept] == standard
