"""Clocks of a case (期限の時計) on days of 令和6年: due dates, stop and continue, one at a time.

27 August is a Tuesday; 16 and 23 September are holidays (敬老の日, 秋分の日の振替休日).
"""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.calendar import CalendarRangeError
from app.proposals.clocks import clocks_of, running_clock
from app.proposals.models import CaseClock, Proposal
from app.proposals.services.submission import Submit, submit
from app.triage.queries import current_assignments
from app.triage.services.assign import Assign, assign
from app.triage.services.confirm import Dispute, dispute_assessment
from app.triage.services.form_check import (
    Accept,
    Correction,
    ReturnForCorrection,
    accept,
    return_for_correction,
)
from app.triage.services.pending import Hold, Resume, hold, resume
from app.workflow.states import State
from app.workflow.terms import Holder, Term
from tests.factories import (
    World,
    check_off,
    give_opinion,
    make_accepted,
    make_classified,
    make_in_confirmation,
    make_in_review,
    make_in_state,
    make_returned,
    make_submitted,
    make_world,
)


def tenth_hour(month: int, day: int) -> datetime:
    return clock.jst(2024, month, day, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(tenth_hour(8, 27)):
        yield make_world()


def give_back(world: World, proposal: Proposal) -> None:
    items = (Correction(field="title", reason="業務名がありません"),)
    command = ReturnForCorrection(version=proposal.version, items=items)
    return_for_correction(proposal, command, actor=world["officer1"])


def hand_in(world: World, proposal: Proposal) -> None:
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])


def put_off(world: World, proposal: Proposal, until: date) -> None:
    command = Hold(version=proposal.version, reason="調査を待つ", revisit_on=until)
    hold(proposal, command, actor=world["officer1"])


def take_up(world: World, proposal: Proposal) -> None:
    resume(proposal, Resume(version=proposal.version), actor=world["officer1"])


def shown(row: CaseClock | None) -> tuple[object, ...] | None:
    return row and (row.term, row.holder, row.started_on, row.office_days, row.days_used)


# --- Each term ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "term", "holder", "days", "due_on"),
    [
        (State.SUBMITTED, Term.FORM_CHECK, Holder.SECRETARIAT, 3, date(2024, 8, 30)),
        (State.RETURNED, Term.CORRECTION, Holder.PROPOSER, 5, date(2024, 9, 3)),
        (State.ACCEPTED, Term.ASSIGNMENT, Holder.SECRETARIAT, 2, date(2024, 8, 29)),
        (State.IN_REVIEW, Term.REVIEW, Holder.SECRETARIAT, 10, date(2024, 9, 10)),
        (State.IN_CONFIRMATION, Term.CONFIRMATION, Holder.SECRETARIAT, 3, date(2024, 8, 30)),
    ],
)
def test_term_ends_after_its_office_days(
    world: World, state: State, term: Term, holder: Holder, days: int, due_on: date
) -> None:
    proposal = make_in_state(world, state)

    assert shown(running_clock(proposal)) == (term, holder, date(2024, 8, 27), days, 0)
    assert (proposal.due_on, running_clock(proposal).due_on) == (due_on, due_on)


@pytest.mark.parametrize("state", [State.DRAFT, State.CLASSIFIED, State.CLOSED, State.WITHDRAWN])
def test_no_clock_runs_where_nobody_has_to_move(world: World, state: State) -> None:
    proposal = make_in_state(world, state)

    assert (running_clock(proposal), proposal.due_on) == (None, None)


def test_holidays_do_not_count(world: World) -> None:
    with clock.at(tenth_hour(9, 10)):
        proposal = make_in_review(world)

    assert proposal.due_on == date(2024, 9, 26)


def test_new_year_recess_does_not_count(world: World) -> None:
    world.round.closes_at = clock.jst(2025, 3, 31)
    with clock.at(tenth_hour(12, 27)):
        proposal = make_submitted(world)

    assert proposal.due_on == date(2025, 1, 8)


def test_day_in_japan_starts_the_clock(world: World) -> None:
    with clock.at(clock.jst(2024, 8, 28, 0, 0, 1)):
        proposal = make_submitted(world)

    assert running_clock(proposal).started_on == date(2024, 8, 28)
    assert proposal.due_on == date(2024, 9, 2)


def test_round_with_its_own_term_is_followed(world: World) -> None:
    next(row for row in world.round.terms if row.term is Term.FORM_CHECK).office_days = 7

    proposal = make_submitted(world)

    assert proposal.due_on == date(2024, 9, 5)


# --- Stop and continue --------------------------------------------------------------------------


def test_return_stops_the_form_check_and_resubmission_continues_it(world: World) -> None:
    proposal = make_submitted(world)
    with clock.at(tenth_hour(8, 29)):
        give_back(world, proposal)
    due_of_body = proposal.due_on
    with clock.at(tenth_hour(9, 4)):
        hand_in(world, proposal)

    assert due_of_body == date(2024, 9, 5)
    assert shown(running_clock(proposal)) == (
        Term.FORM_CHECK,
        Holder.SECRETARIAT,
        date(2024, 9, 4),
        3,
        2,
    )
    assert proposal.due_on == date(2024, 9, 5)


def test_clock_of_the_body_runs_while_it_corrects(world: World) -> None:
    proposal = make_returned(world)

    with clock.at(tenth_hour(8, 30)):
        hand_in(world, proposal)

    ends = [(row.term, row.end) for row in reversed(clocks_of(proposal))]
    assert ends == [
        (Term.FORM_CHECK, "stopped"),
        (Term.CORRECTION, "done"),
        (Term.FORM_CHECK, None),
    ]


def test_term_that_was_overrun_is_due_at_once_after_resubmission(world: World) -> None:
    proposal = make_submitted(world)
    with clock.at(tenth_hour(9, 4)):
        give_back(world, proposal)
    with clock.at(tenth_hour(9, 6)):
        hand_in(world, proposal)

    assert running_clock(proposal).days_used == 6
    assert proposal.due_on == date(2024, 9, 6)


def test_return_out_of_review_starts_a_new_form_check(world: World) -> None:
    proposal = make_in_review(world)
    with clock.at(tenth_hour(8, 29)):
        give_back(world, proposal)
    with clock.at(tenth_hour(9, 2)):
        hand_in(world, proposal)

    assert running_clock(proposal).days_used == 0
    assert proposal.due_on == date(2024, 9, 5)


def test_hold_stops_the_review_and_resume_continues_it(world: World) -> None:
    proposal = make_in_review(world)
    with clock.at(tenth_hour(9, 2)):
        put_off(world, proposal, until=date(2024, 10, 15))
    with clock.at(tenth_hour(10, 1)):
        take_up(world, proposal)

    assert shown(running_clock(proposal)) == (
        Term.REVIEW,
        Holder.SECRETARIAT,
        date(2024, 10, 1),
        10,
        4,
    )
    assert proposal.due_on == date(2024, 10, 9)


def test_days_used_add_up_over_two_holds(world: World) -> None:
    proposal = make_in_review(world)
    with clock.at(tenth_hour(9, 2)):
        put_off(world, proposal, until=date(2024, 10, 15))
    with clock.at(tenth_hour(10, 1)):
        take_up(world, proposal)
    with clock.at(tenth_hour(10, 3)):
        put_off(world, proposal, until=date(2024, 11, 1))
    with clock.at(tenth_hour(11, 1)):
        take_up(world, proposal)

    assert running_clock(proposal).days_used == 6
    # 4 November is the 振替休日 of 文化の日.
    assert proposal.due_on == date(2024, 11, 8)


def test_hold_out_of_confirmation_resumes_with_a_new_review(world: World) -> None:
    proposal = make_in_confirmation(world)
    with clock.at(tenth_hour(8, 28)):
        put_off(world, proposal, until=date(2024, 10, 15))
    with clock.at(tenth_hour(9, 2)):
        take_up(world, proposal)

    assert running_clock(proposal).days_used == 0
    assert proposal.due_on == date(2024, 9, 17)


@pytest.mark.parametrize("revisit_on", [date(2024, 10, 1), date(2024, 9, 16)])
def test_announced_revisit_date_stands_also_on_a_holiday(world: World, revisit_on: date) -> None:
    proposal = make_in_review(world)

    put_off(world, proposal, until=revisit_on)

    running = running_clock(proposal)
    assert (running.term, running.office_days, running.due_on) == (Term.REVISIT, None, revisit_on)
    assert proposal.due_on == revisit_on


def test_dispute_starts_a_new_review(world: World) -> None:
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal)
    with clock.at(tenth_hour(8, 29)):
        command = Dispute(
            version=proposal.version, assessment_id=opinion.id, category_key="f2", reason="理由"
        )
        dispute_assessment(proposal, command, actor=world["officer2"])

    assert proposal.due_on == date(2024, 9, 12)


def test_another_reviewer_gets_a_new_term(world: World) -> None:
    proposal = make_in_review(world)
    with clock.at(tenth_hour(9, 2)):
        command = Assign(version=proposal.version, reviewer_ids=(world["officer2"].id,))
        assign(proposal, command, actor=world["lead"])

    assert proposal.due_on == date(2024, 9, 17)


# --- The rows -----------------------------------------------------------------------------------


def test_every_run_is_kept(world: World) -> None:
    proposal = make_classified(world)

    rows = [(row.term, row.end) for row in reversed(clocks_of(proposal))]

    assert rows == [
        (Term.FORM_CHECK, "done"),
        (Term.ASSIGNMENT, "done"),
        (Term.REVIEW, "done"),
        (Term.CONFIRMATION, "done"),
    ]


def test_database_refuses_a_second_running_clock(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    db_session.add(
        CaseClock(
            proposal_id=proposal.id,
            term=Term.REVIEW,
            holder=Holder.SECRETARIAT,
            started_on=date(2024, 8, 27),
            due_on=date(2024, 9, 10),
        )
    )

    with pytest.raises(IntegrityError):
        db_session.flush()


def test_date_beyond_the_known_holidays_is_refused(world: World) -> None:
    proposal = make_submitted(world)
    check_off(proposal, world["officer1"])

    with clock.at(clock.jst(2027, 12, 31, 10)), pytest.raises(CalendarRangeError):
        accept(proposal, Accept(version=proposal.version), actor=world["officer1"])


def test_assignment_is_due_with_the_review(world: World) -> None:
    proposal = make_accepted(world)
    with clock.at(tenth_hour(8, 28)):
        command = Assign(version=proposal.version, reviewer_ids=(world["officer1"].id,))
        assign(proposal, command, actor=world["lead"])

    (assignment,) = current_assignments(proposal)
    assert (assignment.due_on, proposal.due_on) == (date(2024, 9, 11), date(2024, 9, 11))
