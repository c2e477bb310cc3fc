"""Counting a round (提案の集計): what counts, where, and with how many queries."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.accounts.models import OrgType
from app.extensions import db
from app.reports.cases import round_cases
from app.reports.catalog import REPORTS
from app.reports.counting import NOW
from app.reports.queries import RoundTotals, round_totals, state_counts
from app.workflow.states import State
from tests.factories import (
    World,
    make_classified,
    make_in_state,
    make_local_government,
    make_submitted,
    make_world,
)


def count_queries(world: World, name: str) -> int:
    db.session.expire_all()
    round_ = world.round
    round_.scheme.categories  # noqa: B018
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        REPORTS[name].make(round_, None)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


def test_totals_leave_out_drafts_and_withdrawn_proposals(db_session: Session) -> None:
    world = make_world()
    for state in State:
        make_in_state(world, state)
    make_submitted(world).is_late = True
    db_session.flush()

    totals = round_totals(world.round, round_cases(world.round, None, NOW), NOW)

    assert totals == RoundTotals(
        proposals=11, organizations=1, late=1, withdrawn=1, joined=0, numbers=12
    )


def test_state_counts_put_closed_cases_in_their_category(db_session: Session) -> None:
    world = make_world()
    for state in State:
        make_in_state(world, state)
    f5 = world.round.scheme.categories[3]

    counts = state_counts(round_cases(world.round, None, NOW))

    assert counts.by_category == {f5.id: 2}
    assert counts.pending == 1
    assert counts.undecided == {
        State.SUBMITTED: 3,
        State.RETURNED: 1,
        State.ACCEPTED: 1,
        State.IN_REVIEW: 1,
        State.IN_CONFIRMATION: 1,
    }


@pytest.mark.parametrize("name", list(REPORTS))
def test_number_of_queries_does_not_grow_with_the_cases(db_session: Session, name: str) -> None:
    world = make_world()
    make_in_state(world, State.PENDING)
    make_classified(world)
    few = count_queries(world, name)
    for five_digits in ("90203", "90204", "90205"):
        body = make_local_government(five_digits, five_digits, OrgType.TOWN_VILLAGE)
        for proposal in (make_in_state(world, State.PENDING), make_classified(world)):
            proposal.organization_id = body.id
    db_session.flush()

    many = count_queries(world, name)

    assert many == few
