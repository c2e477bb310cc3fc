"""Hand-offs in the backlog, by ministry (府省庁別の送付): at any instant, stored, compared."""

from datetime import datetime

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import clock
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff, HandoffDue
from app.reports.backlog.common_dates import common_dates_of
from app.reports.backlog.comparison import compare, stored_handoffs
from app.reports.backlog.handoff_rows import by_ministry, measure_handoffs
from app.reports.backlog.models import BacklogSnapshot, SnapshotKind
from app.reports.backlog.queries import find_snapshot
from app.reports.backlog.services import store_snapshot
from app.workflow.handoffs import HandoffAction, HandoffPart
from tests.factories import World, declare_conflict, make_classified, make_handoff, make_world

START = clock.jst(2024, 8, 27, 10)
MONDAY = clock.jst(2024, 9, 2, 8)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(START):
        return make_world()


@pytest.fixture
def handoff(db_session: Session, world: World) -> Handoff:
    """Sent on Tuesday, to be acknowledged by Friday; acknowledged on the Tuesday after."""
    with clock.at(START):
        case = make_classified(world)
        row = make_handoff(world, case)
        digital = world["digital-coord"].organization
        make_handoff(world, case, to=digital, part=HandoffPart.RELATED)
    with clock.at(clock.jst(2024, 9, 3, 10)):
        move_handoff(row, HandoffAction.ACKNOWLEDGE, actor=world["coordinator"])
    db_session.commit()
    return row


def figures(world: World, at: datetime) -> dict[str, tuple[int, int, int, int, int]]:
    lines = by_ministry(measure_handoffs(world.round, None, at))
    return {
        line.name: (line.unacknowledged, line.unanswered, line.open, line.overdue, line.oldest)
        for line in lines
    }


def test_figures_of_a_past_instant_come_from_the_dates_of_then(
    world: World, handoff: Handoff
) -> None:
    name = handoff.destination.name

    before = figures(world, clock.jst(2024, 8, 27, 9))
    late = figures(world, MONDAY)
    acknowledged = figures(world, clock.jst(2024, 9, 4, 8))

    assert before == {}
    assert late == {name: (1, 0, 1, 1, 4), "デジタル庁": (1, 0, 1, 1, 4)}
    assert acknowledged == {name: (0, 1, 1, 0, 6), "デジタル庁": (1, 0, 1, 1, 6)}


def test_reader_with_a_conflict_counts_no_hand_off_of_the_case(
    world: World, handoff: Handoff
) -> None:
    declare_conflict(world["officer2"], proposal=handoff.proposal)

    assert measure_handoffs(world.round, world["officer2"], MONDAY) == []


def test_stored_hand_offs_equal_the_replay_or_are_explained(
    db_session: Session, world: World, handoff: Handoff
) -> None:
    with clock.at(MONDAY):
        store_snapshot(MONDAY)
    db_session.commit()
    snapshot = find_snapshot(world.round, SnapshotKind.DAILY, MONDAY.date())
    assert snapshot is not None
    lead = world["lead"]

    kept = stored_handoffs(snapshot, lead)
    equal, replayed = compare(snapshot, lead), measure_handoffs(world.round, lead, MONDAY)
    db_session.execute(delete(HandoffDue).where(HandoffDue.handoff_id == handoff.id))
    lost = compare(snapshot, lead)

    assert (kept, len(replayed)) == (replayed, 2)
    assert equal == []
    assert "未了の送付ではない" in [row.replayed for row in lost]


def test_snapshot_from_before_hand_offs_is_still_read(world: World) -> None:
    old = BacklogSnapshot(round=world.round, kind=SnapshotKind.DAILY, rows=[], figures={"total": 0})

    assert stored_handoffs(old, world["lead"]) is None


def test_weekly_report_tells_of_no_dates_where_there_are_none(world: World) -> None:
    assert common_dates_of(world.round) == []
