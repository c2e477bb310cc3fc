"""Cases of each class for the tests of the follow-up (後続対応の案件)."""

from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.proposals.models import Proposal
from app.registers.models import Register, RegisterEntry
from app.registers.services import NewEntry, add_entries
from app.rounds.models import Category
from app.triage.models import Assessment, AssessmentEvidence
from app.workflow.states import FollowUp
from tests.factories import World, make_classified


def make_of(world: World, follow_up: FollowUp) -> Proposal:
    """A classified case of the first class that is followed so, without evidence."""
    case = make_classified(world)
    category = db.session.scalars(
        select(Category).where(Category.follow_up == follow_up).order_by(Category.id)
    ).first()
    if category is None:
        category = Category(
            scheme=world.round.scheme,
            code=follow_up.value[:8],
            key=follow_up.value,
            group_code="X",
            label=follow_up.value,
            short_label=follow_up.value,
            response_policy="対応方針",
            follow_up=follow_up,
            is_evidence_required=follow_up is FollowUp.OTHER_PROCESS,
            position=20 + list(FollowUp).index(follow_up),
            available_from=date(2024, 4, 1),
        )
        db.session.add(category)
    case.category = category
    for opinion in db.session.scalars(select(Assessment).where(Assessment.proposal_id == case.id)):
        opinion.category = category
    db.session.flush()
    return case


def cite(case: Proposal, entry: RegisterEntry) -> None:
    """Let the opinion on a case rest on a row of a register."""
    opinion = db.session.scalars(select(Assessment).where(Assessment.proposal_id == case.id)).one()
    row = AssessmentEvidence(assessment_id=opinion.id, register_entry_id=entry.id, quote="")
    db.session.add(row)
    db.session.flush()
    db.session.expire(opinion)


def add_bunken(number: int = 1) -> RegisterEntry:
    """A row of 分権提案."""
    row = NewEntry(
        register=Register.BUNKEN,
        number=number,
        title="照会を可能とすること",
        as_of=date(2024, 7, 3),
        source="台帳の出典",
    )
    add_entries([row])
    return db.session.scalars(
        select(RegisterEntry).where(
            RegisterEntry.register == Register.BUNKEN, RegisterEntry.number == number
        )
    ).one()
