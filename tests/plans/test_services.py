"""Acts on plans that no page shows alone (方針の操作)."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.candidates.services.undo import Undo, cancel_line
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.plans.models import Plan, VersionDecision
from app.plans.queries import plans_due
from app.plans.services.review import DecidePlan, SubmitPlan, decide_plan, submit_plan
from app.plans.services.start import RevisePlan, StartPlan, revise_plan, start_plan
from app.plans.services.write import WriteText, write_text
from app.workflow.candidates import CandidateState
from tests.factories import World, make_world
from tests.plans.plan_world import NOW, fill_texts, make_candidate, make_plan


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def approve(plan: Plan, world: World) -> None:
    """Submit the plan as it is written, and approve it."""
    command = SubmitPlan(version=plan.version, reason="まとめたため")
    version = submit_plan(plan, command, actor=world["coordinator"])
    decision = DecidePlan(version=plan.version, number=1, decision=VersionDecision.APPROVED)
    decide_plan(plan, version, decision, actor=world["lead"])


def test_new_version_of_a_later_year_is_not_overdue_from_its_first_day(world: World) -> None:
    plan = make_plan(world)
    fill_texts(plan, world)
    approve(plan, world)
    first_due = plan.due_on

    with clock.at(clock.jst(2025, 6, 2, 10)):
        command = RevisePlan(version=plan.version, reason="制度の改正")
        revise_plan(plan, command, actor=world["coordinator"])

        assert [row.due_on for row in plans_due(world["coordinator"])] == [date(2026, 3, 31)]
    assert (first_due, plan.fiscal_year) == (date(2025, 3, 31), 2024)


def test_nobody_submits_what_was_written_since_he_looked(world: World) -> None:
    plan = make_plan(world)
    seen = SubmitPlan(version=plan.version, reason="まとめたため")
    section = plan.section("work")
    write_text(plan, "work", WriteText(version=section.version, text="後"), actor=world["ministry"])

    with pytest.raises(StaleVersion):
        submit_plan(plan, seen, actor=world["coordinator"])


def test_cancelled_line_gets_no_plan(world: World) -> None:
    candidate = make_candidate(world, CandidateState.PROPOSED)
    undo = Undo(version=candidate.version, reason="二重の登録")
    cancel_line(candidate, undo, actor=world["lead"])

    with pytest.raises(IllegalTransition):
        start_plan(candidate, StartPlan(fiscal_year=2024), actor=world["lead"])
