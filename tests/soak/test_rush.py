"""The last hour before the deadline (P19): bodies submit with files, one after the other.

SOAK_RUSH (60) submissions by SOAK_BODIES (30) bodies, SOAK_RATE (1) begun a second; each is seven
requests, one of them three files of 0.3 to 1 MB. The promise is 3,600, 1,788 and 10.
"""

import os
import random
import sys
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from app.accounts.models import OrgType, Role
from app.extensions import db
from app.proposals.models import Attachment, Proposal
from bench.serving.sign_in import signed_in
from tests.conftest import close_connections
from tests.databases import Databases
from tests.factories import PASSWORD, World, make_local_government, make_user
from tests.soak.office import Office, office_at
from tests.soak.rush import FILES, Body, Figures, run_rush

SUBMISSIONS = int(os.environ.get("SOAK_RUSH", "60"))
BODIES = int(os.environ.get("SOAK_BODIES", "30"))
RATE = float(os.environ.get("SOAK_RATE", "1"))
SEED = int(os.environ.get("SOAK_SEED", "20240902"))
LONGEST_P95 = 3.0  # seconds
LONGEST_P99 = 10.0
MOST_GROWTH = 100  # MB


def test_p19_bodies_submit_with_files_at_the_pace_of_the_last_hour(
    databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    url = databases.create(migrated_database)
    figures = Figures()
    with office_at(databases, url, tmp_path, add_bodies) as office:
        office.start_web()
        office.start_scheduler()
        bodies = sign_in(office, figures)
        before, worked_before = memory(office), processor_seconds(office)
        run_rush(bodies, SUBMISSIONS, RATE, figures)
        growth = max(after - first for first, after in zip(before, memory(office), strict=True))
        worked = processor_seconds(office) - worked_before
        office.stop_web()
        office.kill_scheduler()
        findings, there, files = office.findings(), office.numbers(), files_of(office)

    sys.stdout.write(f"\n{words(figures, growth, worked)}\n")
    assert figures.faults == []
    assert findings == []
    assert len(figures.acknowledged) == SUBMISSIONS
    assert [row for row in figures.acknowledged if there.get(row[0]) != [row[1]]] == []
    assert [row for row in figures.acknowledged if files.get(row[1]) != FILES] == []
    assert growth <= MOST_GROWTH
    assert (figures.share(0.95) <= LONGEST_P95, figures.share(0.99) <= LONGEST_P99) == (True, True)


def add_bodies(world: World) -> None:
    """Bodies with one manager each (団体)."""
    del world
    for number in range(BODIES):
        body = make_local_government(str(91_000 + number), f"第{number}市", OrgType.CITY)
        make_user(f"rush{number}", body, Role.PROPOSER_MANAGER)


def sign_in(office: Office, figures: Figures) -> list[Body]:
    return [
        Body(
            office.port,
            *signed_in(office.port, f"rush{number}", PASSWORD),
            figures,
            random.Random(SEED + number),
        )
        for number in range(BODIES)
    ]


def memory(office: Office) -> list[int]:
    """Resident memory of each worker, in MB."""
    found = []
    for worker in office.workers():
        text = Path(f"/proc/{worker}/status").read_text()
        found.append(int(text.split("VmRSS:")[1].split()[0]) // 1024)
    return found


def processor_seconds(office: Office) -> float:
    """How long the workers have had a processor until now."""
    ticks = 0
    for worker in office.workers():
        fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def files_of(office: Office) -> dict[str | None, int]:
    """How many files each proposal has, by its receipt number."""
    with office.app.app_context():
        rows = db.session.execute(
            select(Proposal.receipt_number, func.count())
            .join(Attachment, Attachment.proposal_id == Proposal.id)
            .group_by(Proposal.receipt_number)
        )
        found = {row[0]: row[1] for row in rows}
    close_connections(office.app)
    return found


def words(figures: Figures, growth: int, worked: float) -> str:
    """The figures, for docs/soak.md."""
    parts = [f"{what} {median(took):.2f}/{max(took):.2f}" for what, took in figures.seconds.items()]
    return (
        f"{SUBMISSIONS} submissions of {BODIES} bodies, {RATE:g} a second, begun"
        f" {figures.latest:.1f} s late at most: {len(figures.acknowledged)} acknowledged,"
        f" {len(figures.faults)} faults {figures.faults[:3]}; p95 {figures.share(0.95):.2f} s,"
        f" p99 {figures.share(0.99):.2f} s, longest {figures.all_seconds()[-1]:.2f} s;"
        f" median/longest: {', '.join(parts)}; a worker grew by {growth} MB;"
        f" {worked / SUBMISSIONS:.2f} s of a processor each;"
        f" load {os.getloadavg()[0]:.0f}"
    )
