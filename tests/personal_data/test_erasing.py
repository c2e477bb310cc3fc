"""What a plan erases is gone from rows, files and disk, and proven (P48)."""

import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app.audit.models import AuditEvent
from app.audit.verification import verify
from app.core import clock
from app.core.storage import store
from app.core.unit_of_work import unit_of_work
from app.extensions import Base, db
from app.files.models import StoredFile
from app.files.services import keep, receive
from app.integrity.findings import Tally
from app.integrity.rules.contents import look_at_contents
from app.personal_data.erasure import erase_by_plan
from app.personal_data.models import DisposalItem, DisposalList, ErasurePlan, HoldGround
from app.personal_data.services.disposals import approve_disposal, request_disposal
from app.personal_data.services.erasing import erase_item
from app.personal_data.services.holds import PlaceHold, place_hold
from app.proposals.models import (
    Attachment,
    AttachmentKind,
    DraftVersion,
    Proposal,
    ProposalRevision,
)
from tests.factories import World, interrupted, make_withdrawn, make_world

SPRING = clock.jst(2024, 4, 10, 10)
NIGHT = clock.jst(2026, 4, 1, 3, 30)
CANARIES = ("カナリヤ課の担当", "canary-7f3a@city.example.jp", "カナリヤ名簿", "本文のカナリヤ")


@pytest.fixture
def world(committed_app: Flask) -> Iterator[World]:
    """Two withdrawn cases with canaries, and a plan for them that was approved."""
    with committed_app.app_context():
        with clock.at(SPRING):
            world = make_world(opens_at=clock.jst(2024, 4, 1), closes_at=clock.jst(2024, 8, 27, 17))
            for _number in range(2):
                _case(world)
            plan = ErasurePlan(
                round_id=world.round.id,
                purpose_ends_on=date(2026, 3, 31),
                purpose="連絡",
                storage="データベース",
                method="消去",
                erases_files=True,
                written_by_id=world["officer1"].id,
                written_at=clock.now(),
                approved_by_id=world["lead"].id,
                approved_at=clock.now(),
            )
            db.session.add(plan)
            db.session.commit()
        yield world


def _case(world: World) -> Proposal:
    case = make_withdrawn(world)
    case.contact_department, case.contact_email = CANARIES[0], CANARIES[1]
    content = {"contact_department": CANARIES[0], "contact_email": CANARIES[1], "title": "題"}
    for revision in db.session.scalars(
        select(ProposalRevision).where(ProposalRevision.proposal_id == case.id)
    ):
        revision.content = {**revision.content, **content}
    db.session.add(
        DraftVersion(
            proposal_id=case.id, version=900, content=content, saved_at=clock.now(), form_key=""
        )
    )
    text = f"番号,名前\n{case.id},{CANARIES[3]}\n".encode()
    received = receive(BytesIO(text), f"{CANARIES[2]}.csv", size_limit_bytes=10_000)
    stored = keep(received, actor=world["city"])
    db.session.add(
        Attachment(
            proposal_id=case.id,
            file=stored,
            position=1,
            kind=AttachmentKind.REFERENCE,
            added_by_id=world["city"].id,
            added_at=clock.now(),
        )
    )
    db.session.flush()
    return case


def run_night() -> int:
    with clock.at(NIGHT):
        note = erase_by_plan()
        with unit_of_work():
            return note()


def approve_list(world: World) -> DisposalList:
    """Have the job propose the list, one person ask for it, and another approve it."""
    run_night()
    with clock.at(NIGHT), unit_of_work():
        disposal = db.session.scalars(select(DisposalList)).one()
        request_disposal(disposal, "期日", disposal.version, actor=world["officer1"])
        approve_disposal(disposal, disposal.version, actor=world["lead"])
    return disposal


def rows_with(canary: str) -> list[str]:
    """Tables and columns in which a canary stands."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            found += [
                f"{table.name}.{name}"
                for name, value in row._mapping.items()
                if canary in str(value)
            ]
    return sorted(set(found))


def bytes_with(canary: str, app: Flask) -> list[str]:
    """Files of an SQLite database in which the bytes of a canary stand."""
    url = make_url(app.config["SETTINGS"].database_url())
    if not url.drivername.startswith("sqlite"):
        return []
    path = Path(str(url.database))
    parts = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    forms = (canary.encode(), json.dumps(canary)[1:-1].encode())
    return [
        part.name
        for part in parts
        if part.exists() and any(form in part.read_bytes() for form in forms)
    ]


def test_p48_nothing_of_the_canaries_is_left(committed_app: Flask, world: World) -> None:
    approve_list(world)
    before = [bool(rows_with(canary)) for canary in CANARIES[:3]]
    sha256s = set(db.session.scalars(select(StoredFile.sha256)))

    done = run_night()

    db.session.rollback()
    disposal = db.session.scalars(select(DisposalList)).one()
    tally = Tally()
    look_at_contents(db.session.connection(), tally)
    assert (before, done) == ([True] * 3, 2)
    assert [rows_with(canary) for canary in CANARIES] == [[]] * 4
    assert [bytes_with(canary, committed_app) for canary in CANARIES] == [[]] * 4
    assert [store().exists(sha256) for sha256 in sha256s] == [False] * 2
    assert [sorted(item.counts) for item in disposal.items] == [
        ["contacts", "drafts", "files", "revisions"]
    ] * 2
    assert {len(item.digest) for item in disposal.items} == {64}
    assert (disposal.finished_at, disposal.wiped_at) == (NIGHT, NIGHT)
    assert tally.findings == []
    assert verify(db.session).is_intact


def test_p48_a_held_case_stays_as_it_is(committed_app: Flask, world: World) -> None:
    disposal = approve_list(world)
    first = disposal.items[0].proposal
    command = PlaceHold(
        receipt_number=str(first.receipt_number), ground=HoldGround.RECORD, reason="保存"
    )
    with clock.at(NIGHT), unit_of_work():
        place_hold(command, actor=world["officer1"])

    run_night()

    db.session.rollback()
    emails = select(Proposal.contact_email).order_by(Proposal.id)
    outcomes = select(DisposalItem.outcome).order_by(DisposalItem.id)
    assert list(db.session.scalars(emails)) == [CANARIES[1], ""]
    assert list(db.session.scalars(outcomes)) == ["kept", "erased"]


def test_p48_a_run_that_dies_goes_on_and_erases_each_once(
    committed_app: Flask, world: World
) -> None:
    first, second = (item.id for item in approve_list(world).items)
    with clock.at(NIGHT), unit_of_work():
        erase_item(first)
    with clock.at(NIGHT), pytest.raises(RuntimeError, match="power cut"):
        interrupted(lambda: erase_item(second))
    after_the_crash = list(
        db.session.scalars(select(DisposalItem.outcome).order_by(DisposalItem.id))
    )
    db.session.rollback()

    run_night()
    run_night()

    db.session.rollback()
    told = db.session.scalars(
        select(AuditEvent.subject_id)
        .where(AuditEvent.verb == "proposal.erase_personal_data")
        .order_by(AuditEvent.seq)
    )
    erased = db.session.scalars(select(DisposalItem.proposal_id).order_by(DisposalItem.id))
    assert after_the_crash == ["erased", None]
    assert list(told) == list(erased)
    assert db.session.scalars(select(DisposalList.wiped_at)).all() == [NIGHT]
