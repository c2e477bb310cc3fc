"""What a page has read already is not asked for again, and never believed after a change."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.page_reads import once_a_page, tell
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from tests.factories import World, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def test_question_is_asked_once_a_page_and_anew_after_a_change(app: Flask, world: World) -> None:
    asked: list[int] = []

    @once_a_page
    def numbers(first: int) -> list[int]:
        asked.append(first)
        return [first]

    with app.test_request_context():
        numbers(1).append(2)
        before = numbers(1)
        world.round.version += 1
        waiting = numbers(1)
        db.session.flush()
        after = numbers(1)

    assert (before, waiting, after, asked) == ([1], [1], [1], [1, 1, 1])


def test_p28_what_one_request_was_told_no_other_hears(app: Flask, world: World) -> None:
    asked: list[int] = []

    @once_a_page
    def number(key: int) -> int:
        asked.append(key)
        return key

    for _ in range(2):
        # Both share the session of the test, and nothing ends its transaction in between.
        with app.test_request_context():
            number(1)
            number(1)

    assert asked == [1, 1]


def test_question_is_asked_anew_inside_a_unit_of_work_and_outside_of_a_request(
    app: Flask, world: World
) -> None:
    asked: list[int] = []

    @once_a_page
    def number(key: int) -> int:
        asked.append(key)
        return key

    db.session.commit()
    number(1)
    number(1)
    with app.test_request_context():
        tell(number, 7, 2)
        told = number(2)
        with unit_of_work():
            number(2)
            number(2)
        number(3)
        number(3)

    assert (told, asked) == (7, [1, 1, 2, 2, 3])
