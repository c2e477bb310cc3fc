"""A candidate with a plan, for the tests of the plans (方針の試験用の世界)."""

from app.candidates.models import Candidate, CandidateMinistry
from app.core import clock
from app.extensions import db
from app.plans.models import Plan
from app.plans.outline import Part, written_headings
from app.plans.schedule import Quarter, Span, Stage
from app.plans.services.start import StartPlan, start_plan
from app.plans.services.write import WriteTask, WriteText, write_task, write_text
from app.workflow.candidates import CandidateKind, CandidateState, MinistryPart
from tests.factories import World

NOW = clock.jst(2024, 8, 20, 10)


def make_candidate(world: World, state: CandidateState = CandidateState.STUDYING) -> Candidate:
    """A candidate of the ministry of the small world."""
    candidate = Candidate(
        round_id=world.round.id,
        position=1,
        mark=1,
        system="共通の予約システム",
        kind=CandidateKind.CANDIDATE,
        state=state,
        created_at=clock.now(),
        changed_at=clock.now(),
        ministries=[
            CandidateMinistry(
                position=1,
                part=MinistryPart.LEAD,
                printed_name="厚生労働省",
                organization_id=world["ministry"].organization_id,
            )
        ],
    )
    db.session.add(candidate)
    db.session.flush()
    return candidate


def make_plan(world: World) -> Plan:
    """A plan that is due at the end of 令和6年度, with nothing in it."""
    return start_plan(
        make_candidate(world), StartPlan(fiscal_year=2024), actor=world["coordinator"]
    )


def fill_texts(plan: Plan, world: World) -> None:
    """Write something under every heading for texts, and one task."""
    for row in written_headings(plan.outline_edition):
        if row.part is Part.TEXT:
            section = plan.section(row.key)
            command = WriteText(version=section.version, text=f"{row.title}の本文")
            write_text(plan, row.key, command, actor=world["ministry"])
    span = Span(stage=Stage.STUDY, start=Quarter(2024, 3), end=Quarter(2025, 1))
    version = plan.section("schedule").version
    write_task(
        plan,
        WriteTask(version=version, name="要件の整理", spans=(span,)),
        actor=world["ministry"],
    )
