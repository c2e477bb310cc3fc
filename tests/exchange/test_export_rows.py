"""Rows of a proposal file, read some at a time (出力の行)."""

import gc

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import clock
from app.core.tabular import Table
from app.exchange import export_rows
from app.exchange.export_table import export_table
from app.exchange.export_view import view_of
from app.exchange.files import ExportFormat, export_file
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from app.workflow.states import State
from tests.factories import World, make_draft, make_in_state

STATES = (State.SUBMITTED, State.RETURNED, State.IN_REVIEW, State.CLASSIFIED, State.CLOSED)


def table_for(world: World, reader: User) -> Table:
    return export_table(world.round, view_of(reader, world.round, with_contact=True))


def make_cases(world: World, session: Session) -> list[Proposal]:
    """A case in each of the states; a body has joined the one in the middle."""
    cases = [make_in_state(world, state) for state in STATES]
    partner = CoProposer(
        proposal_id=cases[2].id,
        organization_id=world["other"].organization_id,
        asked_by_id=world["city"].id,
        asked_at=clock.now(),
        answer=PartnerAnswer.ACCEPTED,
        answered_by_id=world["other"].id,
        answered_at=clock.now(),
    )
    session.add(partner)
    session.commit()
    return cases


@pytest.mark.parametrize("login", ["lead", "city"])
def test_rows_are_the_same_however_many_are_read_at_once(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    cases = make_cases(world, db_session)
    whole = list(table_for(world, world[login]).rows)

    monkeypatch.setattr(export_rows, "ROWS_AT_ONCE", 2)
    rows = table_for(world, world[login]).rows

    assert list(rows) == whole
    assert [rows[place] for place in range(len(rows))] == whole
    assert list(rows[1:3]) == whole[1:3]
    assert [row["receipt_number"] for row in rows] == [case.receipt_number for case in cases]
    code = world["other"].organization.code
    assert [row["partner_codes"] for row in rows] == ["", "", code, "", ""]


def test_rows_that_were_read_are_not_kept(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cases(world, db_session)
    monkeypatch.setattr(export_rows, "ROWS_AT_ONCE", 2)
    lead = world["lead"]
    table = table_for(world, lead)
    db_session.expunge_all()
    # What there was before is no garbage: each of the collections below would walk all of it.
    gc.freeze()

    most = 0
    for _row in table.rows:
        gc.collect()
        most = max(most, sum(isinstance(row, Proposal) for row in db_session.identity_map.values()))

    assert most == 2


def test_row_that_goes_while_the_file_is_written_is_left_out(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [make_draft(world, title=f"題{number}") for number in range(4)]
    db_session.commit()
    monkeypatch.setattr(export_rows, "ROWS_AT_ONCE", 2)
    table = table_for(world, world["city"])

    titles = []
    for row in table.rows:
        titles.append(row["title"])
        if row["title"] == "題0" and inspect(drafts[3]).persistent:
            db_session.delete(drafts[3])
            db_session.flush()

    assert titles == ["題0", "題1", "題2"]
    assert len(table.rows) == 3


def test_large_file_leaves_the_memory(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.exchange.files.MOST_IN_MEMORY", 1000)
    drafts = [make_draft(world, title=f"題{number}") for number in range(4)]
    table = table_for(world, world["city"])

    made = export_file(
        world.round, table, ExportFormat.JSON_LINES, produced_at=clock.now(), produced_by="試験"
    )

    with made.file:
        content = made.file.read()
        is_on_disk = getattr(made.file, "_rolled", None)
    assert (len(content), content.count(b"\n")) == (made.size, len(drafts))
    assert is_on_disk is True
