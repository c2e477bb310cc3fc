"""Cases whose settled opinion rests on a row of a register (行を根拠にした提案)."""

from typing import NamedTuple

from flask import Blueprint, render_template
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.registers.models import REGISTER_LABELS, RegisterEntry
from app.registers.policy import CASE_READERS
from app.registers.queries import get_entry
from app.registers.routes.blueprint import chosen_register
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.triage.models import Assessment, AssessmentEvidence, AssessmentStatus

blueprint = Blueprint("citations", __name__)

# An open opinion is not told: it may be one that a second person must not know of yet.
SETTLED = (AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED)
SHOWN = 200


class Citation(NamedTuple):
    """A case and the words of it that met the row (根拠にした提案)."""

    proposal: Proposal
    assessment: Assessment
    quote: str


@blueprint.get("/registers/<register>/<int:number>/cases")
@roles(*CASE_READERS)
def index(register: str, number: int) -> str:
    """Cases that cite a row, newest first (行を根拠にした提案)."""
    entry = get_entry(chosen_register(register), number)
    actor = current_actor()
    found = citations_of(entry, actor, chosen_round())
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = db.session.execute(found.options(joinedload(Assessment.category)).limit(SHOWN))
    return render_template(
        "casework/citations.html",
        entry=entry,
        label=REGISTER_LABELS[entry.register],
        citations=[Citation(*row) for row in rows],
        total=total,
    )


def citations_of(
    entry: RegisterEntry, actor: User, chosen: Round | None
) -> Select[Proposal, Assessment, str]:
    """Cases, opinions and quotes that rest on the row, as far as the actor may know of them.

    Practice rounds stand apart: they are listed only while one of them is looked at.
    """
    statement = (
        select(Proposal, Assessment, AssessmentEvidence.quote)
        .join(Assessment, Assessment.proposal_id == Proposal.id)
        .join(AssessmentEvidence, AssessmentEvidence.assessment_id == Assessment.id)
        .where(
            AssessmentEvidence.register_entry_id == entry.id,
            Assessment.status.in_(SETTLED),
            visible_to(actor),
        )
        .order_by(Proposal.round_id.desc(), Proposal.receipt_sequence, Assessment.id)
    )
    if chosen is not None and chosen.is_practice:
        return statement.where(Proposal.round_id == chosen.id)
    real = select(Round.id).where(Round.is_practice.is_(False))
    return statement.where(Proposal.round_id.in_(real))
