"""The backlog of now by the database (現在の滞留): the same figures as from case by case."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.casework.case_list import numbers_found
from app.casework.filters import CaseFilters
from app.core import clock
from app.deadlines.models import ChangeKind
from app.deadlines.moves import Move
from app.deadlines.services.moving import Ground, carry_out
from app.extensions import db
from app.handoffs.lifecycle import move_handoff
from app.proposals.models import CaseClock, Proposal
from app.reports.backlog.matrix import Backlog
from app.reports.backlog.queries import measure
from app.reports.backlog.report import build_backlog, show_backlog
from app.reports.backlog.rows import BUCKETS, BacklogRow
from app.rounds.models import Round
from app.triage.models import Assessment, AssessmentStatus
from app.workflow.handoffs import HandoffAction, HandoffPart
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_classified,
    make_closed,
    make_draft,
    make_handoff,
    make_in_confirmation,
    make_in_review,
    make_merged,
    make_pending,
    make_returned,
    make_submitted,
    make_withdrawn,
    make_world,
)

START = clock.jst(2024, 8, 27, 10)
# A Sunday: what was due on Friday and what was due on Saturday are as late.
NOW = clock.jst(2024, 9, 29, 12)
MAKERS = (
    make_draft,
    make_submitted,
    make_returned,
    make_accepted,
    make_in_review,
    make_in_confirmation,
    make_classified,
    make_pending,
    make_closed,
    make_withdrawn,
    make_merged,
)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    """Cases of every state over five weeks, at ministries, disputed twice, without an owner."""
    chance = Random(7)
    with clock.at(START):
        world = make_world()
    for make in MAKERS:
        for _ in range(2):
            with clock.at(START + timedelta(days=chance.randrange(33), hours=chance.randrange(9))):
                make(world)
    with clock.at(START + timedelta(days=3)):
        case = make_classified(world)
        answered = make_handoff(world, case)
        make_handoff(world, case, to=world["digital-coord"].organization, part=HandoffPart.RELATED)
        move_handoff(answered, HandoffAction.ACKNOWLEDGE, actor=world["coordinator"])
        dispute_twice(make_in_review(world), world)
        make_pending(world).pending_owner_id = None
    db_session.commit()
    with clock.at(NOW):
        yield world


def dispute_twice(case: Proposal, world: World) -> None:
    category = case.round.scheme.categories[0]
    for _ in range(2):
        db.session.add(
            Assessment(
                proposal_id=case.id,
                author=world["officer1"],
                category=category,
                reason="照会のとおり",
                answers={},
                status=AssessmentStatus.DISPUTED,
                created_at=clock.now(),
            )
        )
    db.session.flush()


def both(round_: Round, reader: User | None) -> tuple[Backlog, Backlog]:
    """The backlog of now as the page has it, and as added up case by case."""
    page, whole = show_backlog(round_, reader), build_backlog(round_, reader)
    assert isinstance(page.content, Backlog)
    assert isinstance(whole.content, Backlog)
    assert page.checks == whole.checks
    assert page.is_sound
    return page.content, whole.content


def test_counted_by_the_database_is_what_the_cases_come_to(
    db_session: Session, world: World
) -> None:
    for_all = both(world.round, None)
    for_lead = both(world.round, world["lead"])
    hidden = db_session.scalars(select(Proposal).where(Proposal.state == "in_review")).first()
    declare_conflict(world["officer2"], proposal=hidden)
    declare_conflict(world["auditor"], body=world["city"].organization)
    db_session.commit()
    for_officer, for_auditor = (both(world.round, world[name]) for name in ("officer2", "auditor"))

    for page, whole in (for_all, for_lead, for_officer, for_auditor):
        assert page == whole
    assert for_lead[0] == for_all[0]
    assert for_officer[0].total == for_all[0].total - 1
    assert for_auditor[0].total == 0
    assert all(for_all[0].by_kind.values())
    assert len({line.name for lines in for_all[0].holders.values() for line in lines}) == 6


def test_practice_round_is_counted_by_itself(db_session: Session, world: World) -> None:
    before = both(world.round, None)[0]
    world.round.is_practice = True
    db_session.commit()

    after = both(world.round, world["lead"])

    assert after == (before, before)


def test_every_cell_opens_the_cases_it_counts(db_session: Session, world: World) -> None:
    extend_every_third_clock(db_session, world)
    cases = measure(world.round, None)
    holders = sorted({holder.key for row in cases for holder in row.holders})
    cells = [
        *(CaseFilters(age=age, holder=word) for age in AGES for word in ("", *holders)),
        *(CaseFilters(holder=word, overdue="1") for word in holders),
        *(CaseFilters(holder=word, extended="1") for word in ("", *holders)),
    ]

    opened = {cell: set(numbers_found(world["lead"], world.round, cell)) for cell in cells}

    counted = {cell: {row.number for row in cases if is_in(row, cell)} for cell in cells}
    assert opened == counted
    assert len(holders) == 6
    assert sum(map(bool, counted.values())) > len(cells) / 3


AGES = [bucket.key for bucket in BUCKETS]


def extend_every_third_clock(session: Session, world: World) -> None:
    rows = session.scalars(
        select(CaseClock)
        .join(Proposal, Proposal.id == CaseClock.proposal_id)
        .where(CaseClock.ended_at.is_(None), Proposal.receipt_number.is_not(None))
        .order_by(CaseClock.id)
    ).all()
    moves = [
        Move(
            proposal=session.get_one(Proposal, row.proposal_id),
            clock=row,
            due_on=row.due_on + timedelta(days=7),
            closures=row.own_closures,
            office_days=row.office_days,
        )
        for row in rows[::3]
    ]
    ground = Ground(
        kind=ChangeKind.EXTENSION, reason="照会の回答を待つため", decided_by=world["lead"]
    )
    carry_out(moves, ground)
    session.commit()


def is_in(row: BacklogRow, cell: CaseFilters) -> bool:
    return (
        cell.age in ("", row.bucket.key)
        and cell.holder in ("", *(holder.key for holder in row.holders))
        and (not cell.overdue or row.overdue > 0)
        and (not cell.extended or row.is_extended)
    )


def test_longest_overdue_are_shown_and_the_list_has_them_all(
    db_session: Session, world: World
) -> None:
    before = both(world.round, world["lead"])[0].overdue
    add_overdue(db_session, world, number=51)

    page, whole = both(world.round, world["lead"])
    listed = numbers_found(world["lead"], world.round, CaseFilters(overdue="1"))

    assert page == whole
    assert (page.overdue, len(page.overdue_shown)) == (before + 51, 50)
    assert len(listed) == page.overdue
    assert {row.number for row in page.overdue_shown} < set(listed)


def add_overdue(session: Session, world: World, number: int) -> None:
    """Many accepted cases at once, overdue over a week end: copies of one."""
    model = session.scalars(select(Proposal).where(Proposal.state == "accepted")).first()
    assert model is not None
    table = Proposal.__table__
    row = dict(session.execute(select(table).where(table.c.id == model.id)).mappings().one())
    running = CaseClock.__table__
    of_model = select(running).where(
        running.c.proposal_id == model.id, running.c.ended_at.is_(None)
    )
    clock_row = dict(session.execute(of_model).mappings().one())
    del clock_row["id"]
    first_id = (session.scalar(select(func.max(Proposal.id))) or 0) + 1
    copies, clocks = [], []
    for each in range(number):
        case_id, due_on = first_id + each, date(2024, 9, 24) + timedelta(days=each % 5)
        own = {
            "id": case_id,
            "receipt_sequence": 500 + each,
            "receipt_number": f"R6-{500 + each:04}",
        }
        copies.append({**row, **own, "due_on": due_on})
        clocks.append({**clock_row, "proposal_id": case_id, "due_on": due_on})
    session.execute(insert(table), copies)
    session.execute(insert(running), clocks)
    session.commit()


def test_week_before_is_what_the_trail_says_of_it(db_session: Session, world: World) -> None:
    page = show_backlog(world.round, world["lead"])
    whole = replace(page.content, week_ago=None)
    assert isinstance(page.content, Backlog)
    a_week_ago = build_backlog(
        world.round, world["lead"], replace(page.counting, at=NOW - timedelta(days=7))
    )

    assert page.content.week_ago == a_week_ago.total
    assert a_week_ago.total not in (0, whole.total)
