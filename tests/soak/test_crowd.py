"""Fifty people at five cases (P05): at most one wins, nothing refused is done, no fault.

SOAK_SECONDS (60) how long, SOAK_PEOPLE (50) how many. Two web servers on PostgreSQL, one on SQLite.
"""

import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.extensions import db
from bench.serving.sign_in import signed_in
from tests.conftest import close_connections
from tests.databases import Databases
from tests.factories import (
    PASSWORD,
    World,
    make_classified,
    make_in_confirmation,
    make_in_review,
    make_pending,
    make_submitted,
)
from tests.soak.crowd import Presser
from tests.soak.office import Office, at_work, office_at

SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
PEOPLE = int(os.environ.get("SOAK_PEOPLE", "50"))
SEED = int(os.environ.get("SOAK_SEED", "20240902"))
# The office has one case of its own before these.
PAGES = [f"/proposals/R6-{number:04d}" for number in range(2, 7)]
LOGINS = ("officer1", "officer2", "officer3", "lead")


def test_p05_fifty_at_five_cases_one_wins_each_time(
    request: pytest.FixtureRequest, databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    has_two = request.config.getoption("database") == "postgresql"
    url = databases.create(migrated_database)
    with office_at(databases, url, tmp_path, add_cases) as office:
        office.start_web()
        ports = [office.port, *([office.start_second_web()] if has_two else [])]
        people = make_people(ports)
        press(people)
        office.stop_web()
        findings = office.findings()
        wrong = wrong_winners(office, people)

    seen = sum((person.seen for person in people), Counter[int]())
    seconds = sorted(took for person in people for took in person.seconds)
    done = sum(len(person.done) for person in people)
    refused = sum(len(person.refused) for person in people)
    sys.stdout.write(
        f"\n{len(people)} people, {len(ports)} servers, {SECONDS:.0f} s: {done} acts done,"
        f" {refused} refused; {dict(seen)}; p95 {seconds[int(len(seconds) * 0.95)]:.2f} s,"
        f" longest {seconds[-1]:.2f} s; {len(findings)} findings\n"
    )
    assert [fault for person in people for fault in person.faults] == []
    assert (findings, wrong) == ([], [])
    assert min(done, refused) > len(people) // 5


def add_cases(world: World) -> None:
    """Five cases at different steps (案件)."""
    for make in (
        make_submitted,
        make_in_review,
        make_in_confirmation,
        make_classified,
        make_pending,
    ):
        make(world)


def make_people(ports: list[int]) -> list[Presser]:
    signed = [signed_in(ports[0], login, PASSWORD) for login in LOGINS]
    return [
        Presser(ports, *signed[number % len(signed)], PAGES, random.Random(SEED + number))
        for number in range(PEOPLE)
    ]


def press(people: list[Presser]) -> None:
    """Have everybody press for a while, each to the end of what they began."""
    with at_work(*(person.go_on for person in people)) as is_over:
        is_over.wait(SECONDS)


def wrong_winners(office: Office, people: list[Presser]) -> list[str]:
    """Two winners of one version, and refused acts that stand in the trail all the same."""
    about = select(AuditEvent.request_id, AuditEvent.subject_version, AuditEvent.verb).where(
        AuditEvent.subject_type == "proposal"
    )
    with office.app.app_context():
        events = db.session.execute(about).all()
    close_connections(office.app)
    refused = {number for person in people for number in person.refused}
    found = [f"refused, but done: {row.verb}" for row in events if row.request_id in refused]
    reached = {row.request_id: row.subject_version or 0 for row in events}
    winners = Counter(
        (page, version)
        for person in people
        for page, version, number in person.done
        # Some forms carry the version of another row: they do not make the next one of the case.
        if version and reached.get(number, 0) == int(version) + 1
    )
    return found + [f"{count} winners of {key}" for key, count in winners.items() if count > 1]
