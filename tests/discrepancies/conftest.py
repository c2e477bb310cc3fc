"""令和6年 with the end moved from 8/23 to 8/27 and the registers as printed.

They are read once, into a database of their own; what a test adds to them is rolled back after it.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.candidates.models import Candidate
from app.candidates.queries import all_candidates_of
from app.candidates.services.link import LinkCase, link_case
from app.core import clock
from app.demo.candidates import load_candidates
from app.extensions import db
from app.proposals.models import Proposal
from app.registers.load import read_entries
from app.registers.models import RegisterEntry
from app.registers.services import add_entries
from app.rounds.models import Round
from app.rounds.services import ChangeClosing, change_closing
from tests.conftest import close_connections, make_app
from tests.databases import Databases
from tests.factories import ROLE_OF_LOGIN, World, make_world
from tests.taking_back import rolled_back

NOW = clock.jst(2024, 8, 20, 10)
FIRST_END = clock.jst(2024, 8, 23, 23, 59, 59)
END = clock.jst(2024, 8, 27, 23, 59, 59)


@pytest.fixture(scope="session")
def printed_app(databases: Databases, migrated_database: str) -> Iterator[Flask]:
    """The world of the tests with the printed registers and list, and the two deadlines."""
    url = databases.create(migrated_database)
    app = make_app(url)
    with app.app_context(), clock.at(NOW):
        world = make_world(closes_at=FIRST_END)
        add_entries(read_entries())
        command = ChangeClosing(closes_at=END, reason="2つの締切を遅い方にそろえるため")
        change_closing(world.round, command, actor=world["lead"])
        load_candidates(world.round, actor=world["lead"])
        db.session.commit()
    yield app
    close_connections(app)
    databases.drop(url)


@pytest.fixture
def app(printed_app: Flask) -> Iterator[Flask]:
    """The app on that world; whatever is committed during the test is rolled back after it."""
    with rolled_back(printed_app):
        yield printed_app


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    """That world as the session of the test reads it, on its day."""
    people = db_session.scalars(select(User).where(User.login.in_(ROLE_OF_LOGIN)))
    entries = select(RegisterEntry).where(RegisterEntry.title == "台帳の行")
    with clock.at(NOW):
        yield World(
            people={user.login: user for user in people},
            round=db_session.scalars(select(Round).where(Round.key == "R6")).one(),
            entry=db_session.scalars(entries).one(),
        )


def candidate(world: World, mark: int) -> Candidate:
    """Return the candidate of the printed list with this number."""
    return next(row for row in all_candidates_of(world.round) if row.mark == mark)


def link(world: World, case: Proposal, mark: int = 1) -> None:
    """Let a case lead to a candidate."""
    command = LinkCase(reason="試験のため")
    link_case(candidate(world, mark), case, command, actor=world["lead"])
