"""The database of a measurement (計測するデータ): made-up cases, and what to ask of them."""

import contextlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Role, User, UserRole
from app.audit.models import AuditEvent
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.postgresql_waits import wait_without_end
from app.core.unit_of_work import unit_of_work
from app.demo.loading import load_demo
from app.extensions import alembic, db
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.search_index.rebuild import fill_missing
from app.synth.making import make_cases
from app.triage.queries import reviewers
from app.workflow.states import State
from bench import floor_sql
from bench.settings import Settings, say
from bench.vectors import fill_vectors
from tests.databases import PostgresqlDatabases, PostgresqlServer
from tests.factories import PASSWORD_HASH

CASE_PAGES = 40
ROUNDS = 10  # one a year
ENTRIES_OF_A_CASE = 10


@dataclass(frozen=True, kw_only=True)
class World:
    """What the pages of a measurement are about (計測の対象)."""

    url: str
    round_id: int
    round_key: str
    login: str
    reviewer_ids: list[int]
    case_numbers: list[str]
    # Receipt number and version of cases that wait for their reviewers.
    waiting: list[tuple[str, int]]
    cases: int
    entries: int
    # Days of the last 400 on which offices are closed, as dates with commas between (閉庁日).
    closed_days: str


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """A database with its tables and cases, gone afterwards; the one named, which stays."""
    if settings.url:
        yield settings.url
        return
    if settings.database == "postgresql":
        server = PostgresqlServer(is_durable=True)
        try:
            yield _filled(PostgresqlDatabases(server.url).create(), settings.cases)
        finally:
            server.stop()
    else:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            yield _filled(f"sqlite:///{folder}/bench.sqlite3", settings.cases)


def _filled(url: str, cases: int) -> str:
    with app_on(url):
        alembic.upgrade()
        load_demo(_quiet)
        make_cases(cases, seed=1, rounds=ROUNDS)
        fill_missing()
        fill_vectors()
    return url


def _quiet(_line: str) -> None:
    """Say nothing of the demo."""


@contextmanager
def app_on(url: str) -> Iterator[Flask]:
    """The product in this process on a database, for preparing and for counting."""
    app = create_app({"APP_ENV": "test", "DATABASE_URL": url})
    with app.app_context():
        try:
            yield app
        finally:
            db.session.close()
            db.engine.dispose()


def prepare(url: str, changes: int) -> World:
    """Look up what the pages are about; make the account, the floor's table, cases that wait."""
    with app_on(url):
        fill_missing()
        fill_vectors()
        _refresh_statistics()
        # A reader from before the statistics could not turn writer on SQLite.
        with unit_of_work() as session:
            lead = _lead(session)
            lead.password_hash = PASSWORD_HASH
            _make_table_of_floor(session)
            world = _world(session, url, lead, changes)
    say(f"{world.cases} cases, {world.entries} entries in the trail, round {world.round_key}")
    return world


def _lead(session: Session) -> User:
    found = session.scalars(
        select(User).join(UserRole).where(UserRole.role == Role.LEAD, User.disabled_at.is_(None))
    ).first()
    if found is None:
        raise RuntimeError("the database has nobody who leads")
    return found


def _make_table_of_floor(session: Session) -> None:
    table = floor_sql.ENTRY_TABLE_POSTGRESQL
    if db.engine.dialect.name == "sqlite":
        table = floor_sql.ENTRY_TABLE_SQLITE
    session.execute(text(table))


def _world(session: Session, url: str, lead: User, changes: int) -> World:
    round_ = _present_round()
    return World(
        url=url,
        round_id=round_.id,
        round_key=round_.key,
        login=lead.login,
        reviewer_ids=[row.id for row in session.scalars(reviewers().limit(2))],
        case_numbers=_numbers_with_entries(round_),
        waiting=_waiting(round_, changes),
        cases=session.scalar(select(func.count()).select_from(Proposal)) or 0,
        entries=session.scalar(select(func.count()).select_from(AuditEvent)) or 0,
        closed_days=_closed_days(),
    )


def _closed_days() -> str:
    calendar, today = office_calendar(), clock.today()
    days = (today - timedelta(days=number) for number in range(400))
    return ",".join(day.isoformat() for day in days if not calendar.is_office_day(day))


def _refresh_statistics() -> None:
    """What the guide asks for after a large import: the planner knows the tables."""
    with contextlib.closing(db.engine.raw_connection()) as raw:
        raw.driver_connection.rollback()
        if db.engine.dialect.name == "postgresql":
            raw.driver_connection.autocommit = True
            wait_without_end(raw.driver_connection)
            raw.driver_connection.execute("SET statement_timeout = 0")
            raw.driver_connection.execute("VACUUM ANALYZE")
            raw.driver_connection.execute("RESET statement_timeout")
            raw.driver_connection.autocommit = False
        else:
            raw.driver_connection.execute("ANALYZE")


def _present_round() -> Round:
    """The round with most cases, the latest of several (今年の募集回)."""
    found = db.session.execute(
        select(Proposal.round_id)
        .join(Round, Round.id == Proposal.round_id)
        .where(Round.is_practice.is_(False))
        .group_by(Proposal.round_id, Round.opens_at)
        .order_by(func.count().desc(), Round.opens_at.desc())
        .limit(1)
    ).scalar_one()
    return db.session.get_one(Round, found)


def _numbers_with_entries(round_: Round) -> list[str]:
    """Receipt numbers of cases of which ten entries are told (10件の履歴)."""
    ids = (
        select(AuditEvent.subject_id)
        .where(
            AuditEvent.subject_type == "proposal",
            AuditEvent.subject_id.in_(
                select(Proposal.id).where(
                    Proposal.round_id == round_.id, Proposal.receipt_number.is_not(None)
                )
            ),
        )
        .group_by(AuditEvent.subject_id)
        .order_by(func.abs(func.count() - ENTRIES_OF_A_CASE), AuditEvent.subject_id)
        .limit(CASE_PAGES)
    )
    found = db.session.scalars(select(Proposal.receipt_number).where(Proposal.id.in_(ids)))
    return [number for number in found if number is not None]


def _waiting(round_: Round, changes: int) -> list[tuple[str, int]]:
    """Cases that wait for their reviewers (割当待ち); submitted ones join where too few do."""
    accepted = Proposal.state == State.ACCEPTED
    have = db.session.scalar(select(func.count()).where(Proposal.round_id == round_.id, accepted))
    missing = changes - (have or 0)
    if missing > 0:
        others = (
            select(Proposal.id)
            .where(Proposal.round_id == round_.id, Proposal.state == State.SUBMITTED)
            .order_by(Proposal.id.desc())
            .limit(missing)
        )
        db.session.execute(
            update(Proposal)
            .where(Proposal.id.in_(others))
            .values(state=State.ACCEPTED, category_id=None)
            .execution_options(synchronize_session=False)
        )
    rows = db.session.execute(
        select(Proposal.receipt_number, Proposal.version)
        .where(Proposal.round_id == round_.id, accepted)
        .order_by(Proposal.id)
        .limit(changes)
    )
    return [(row[0], row[1]) for row in rows]
