"""The backlog at any instant (滞留の集計): state, holder, age, due date."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.casework.case_list import numbers_found
from app.casework.filters import CaseFilters
from app.core import clock
from app.deadlines.services.extensions import Extend, extend
from app.reports.backlog.counted_anew import count_unsettled
from app.reports.backlog.matrix import add_up
from app.reports.backlog.queries import measure
from app.reports.backlog.rows import BUCKETS, BacklogRow, as_stored, bucket_of, from_stored
from app.triage.services.assign import Assign, assign
from app.triage.services.handover import HandOver, hand_over
from app.workflow.states import State
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_classified,
    make_draft,
    make_in_review,
    make_pending,
    make_returned,
    make_submitted,
    make_world,
)

MONDAY = clock.jst(2024, 9, 2, 10)
TUESDAY = clock.jst(2024, 9, 3, 10)
THURSDAY = clock.jst(2024, 9, 5, 10)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(clock.jst(2024, 9, 1, 9)):
        return make_world()


def told(row: BacklogRow) -> tuple[str, str, str, int]:
    return row.number, row.state.value, row.holder_words, row.age


def test_every_state_names_whose_move_it_is(db_session: Session, world: World) -> None:
    with clock.at(MONDAY):
        make_submitted(world)
        make_returned(world)
        make_accepted(world)
        make_in_review(world)
        make_pending(world)
        make_classified(world)
        make_draft(world)
        db_session.commit()

        rows = measure(world.round, None)

    assert [(row.state, row.holder_words) for row in rows] == [
        (State.SUBMITTED, "形式確認の担当"),
        (State.RETURNED, "甲子市"),
        (State.ACCEPTED, "総括"),
        (State.IN_REVIEW, "officer1"),
        (State.PENDING, "officer1"),
        (State.CLASSIFIED, "総括"),
    ]


def test_past_instant_is_told_as_it_was(db_session: Session, world: World) -> None:
    with clock.at(MONDAY):
        proposal = make_accepted(world)
        db_session.commit()
    with clock.at(TUESDAY):
        command = Assign(version=proposal.version, reviewer_ids=(world["officer1"].id,))
        assign(proposal, command, actor=world["lead"])
        db_session.commit()

    with clock.at(THURSDAY):
        before = measure(world.round, None, TUESDAY)
        after = measure(world.round, None, clock.jst(2024, 9, 3, 10, 0, 1))
        now = measure(world.round, None)

    assert [told(row) for row in before] == [("R6-0001", "accepted", "総括", 1)]
    assert [told(row) for row in after] == [("R6-0001", "in_review", "officer1", 0)]
    assert [told(row) for row in now] == [("R6-0001", "in_review", "officer1", 2)]
    assert [row.due_on.isoformat() for row in (*before, *after) if row.due_on] == [
        "2024-09-04",
        "2024-09-18",
    ]


def test_holder_of_a_past_instant_is_who_had_it_before_the_handover(
    db_session: Session, world: World
) -> None:
    with clock.at(MONDAY):
        reviewed, pending = make_in_review(world), make_pending(world)
        db_session.commit()
    with clock.at(TUESDAY):
        command = HandOver(
            successor_id=world["officer2"].id, proposal_ids=(reviewed.id, pending.id), note="異動"
        )
        hand_over(world["officer1"], command, actor=world["lead"])
        db_session.commit()

    with clock.at(THURSDAY):
        before = measure(world.round, None, TUESDAY)
        now = measure(world.round, None)

    assert [row.holder_words for row in before] == ["officer1", "officer1"]
    assert [row.holder_words for row in now] == ["officer2", "officer2"]


def test_overdue_is_counted_in_office_days(db_session: Session, world: World) -> None:
    with clock.at(MONDAY):
        make_accepted(world)
        db_session.commit()

    # 期限 9/4（水）; 9/7 and 9/8 are a weekend.
    overdue = [
        measure(world.round, None, moment)[0].overdue
        for moment in (
            clock.jst(2024, 9, 4, 23, 59, 59),
            clock.jst(2024, 9, 5),
            clock.jst(2024, 9, 8, 12),
            clock.jst(2024, 9, 9),
        )
    ]

    assert overdue == [0, 1, 2, 3]


def test_list_of_extended_cases_is_as_long_as_its_figure(db_session: Session, world: World) -> None:
    with clock.at(MONDAY):
        make_accepted(world)
        extended = make_accepted(world)
        db_session.commit()
        command = Extend(version=extended.version, due_on=date(2024, 9, 11), reason="照会のため")
        extend(extended, command, actor=world["lead"])
        db_session.commit()

        figure = add_up(measure(world.round, None), world.round).extended
        now, before = (
            numbers_found(world["lead"], world.round, CaseFilters(extended="1", as_of=as_of))
            for as_of in ("", "2024-09-01")
        )

    assert (figure, now, before) == (1, ["R6-0002"], [])


def test_conflict_of_interest_hides_the_case_from_rows_and_count(
    db_session: Session, world: World
) -> None:
    with clock.at(MONDAY):
        make_submitted(world)
        hidden = make_submitted(world)
        declare_conflict(world["officer2"], proposal=hidden)
        db_session.commit()

        rows = measure(world.round, world["officer2"])
        counted = count_unsettled(world.round, world["officer2"])
        past = count_unsettled(world.round, world["officer2"], clock.jst(2024, 9, 2, 11))

    assert [row.number for row in rows] == ["R6-0001"]
    assert (counted, past) == (1, 1)


@pytest.mark.parametrize(
    ("age", "key"),
    [(5, "0-5"), (6, "6-10"), (10, "6-10"), (11, "11-20"), (40, "21-40"), (41, "41")],
)
def test_ages_fall_into_their_bucket(age: int, key: str) -> None:
    assert bucket_of(age).key == key
    assert [bucket.first for bucket in BUCKETS] == [0, 6, 11, 21, 41]


def test_stored_row_comes_back_as_it_was(db_session: Session, world: World) -> None:
    with clock.at(MONDAY):
        make_in_review(world)
        db_session.commit()
        row = measure(world.round, None)[0]

    assert from_stored(as_stored(row)) == row
