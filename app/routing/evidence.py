"""Register rows that decided opinions cite (根拠の台帳の行), for many cases at once."""

from collections.abc import Sequence

from sqlalchemy import select

from app.extensions import db
from app.proposals.models import Proposal
from app.registers.models import REGISTER_LABELS, RegisterEntry
from app.triage.models import Assessment, AssessmentEvidence, AssessmentStatus

_DECIDING = (AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED)


def cited_entries(proposals: Sequence[Proposal]) -> dict[int, list[RegisterEntry]]:
    """Rows cited by the opinion that gave each case its class, by case id; in one question."""
    category_ids = {row.id: row.category_id for row in proposals}
    rows = db.session.execute(
        select(Assessment.proposal_id, Assessment.category_id, Assessment.id, RegisterEntry)
        .join(AssessmentEvidence, AssessmentEvidence.assessment_id == Assessment.id)
        .join(RegisterEntry, RegisterEntry.id == AssessmentEvidence.register_entry_id)
        .where(Assessment.proposal_id.in_(category_ids), Assessment.status.in_(_DECIDING))
        .order_by(Assessment.proposal_id, Assessment.id.desc(), RegisterEntry.id)
    )
    found: dict[int, list[RegisterEntry]] = {}
    latest: dict[int, int] = {}
    for proposal_id, category_id, assessment_id, entry in rows:
        if category_id != category_ids[proposal_id]:
            continue
        if latest.setdefault(proposal_id, assessment_id) == assessment_id:
            found.setdefault(proposal_id, []).append(entry)
    return found


def entry_words(entry: RegisterEntry) -> str:
    """A row in words (台帳の行): 20業務 1「住民基本台帳」."""
    return f"{REGISTER_LABELS[entry.register]} {entry.number}「{entry.title}」"
