"""What the secretariat did with a case (仕分けの記録): assignments, opinions, decisions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.casework.content_view import paragraphs
from app.extensions import db
from app.proposals.models import Proposal
from app.registers.models import REGISTER_LABELS
from app.rounds.models import Category
from app.triage.guide import answer_lines
from app.triage.models import (
    Assessment,
    AssessmentDecision,
    AssessmentEvidence,
    AssessmentStatus,
    Assignment,
    DecisionKind,
)
from app.triage.queries import assessments_of
from app.workflow.labels import Tone

STATUS_LABELS: dict[AssessmentStatus, tuple[str, Tone]] = {
    AssessmentStatus.OPEN: ("確認待ち", Tone.WORK),
    AssessmentStatus.CONFIRMED: ("確定", Tone.DONE),
    AssessmentStatus.DISPUTED: ("異議あり", Tone.PLAIN),
    AssessmentStatus.DECIDED: ("総括が決定", Tone.DONE),
    AssessmentStatus.SUPERSEDED: ("差替え", Tone.PLAIN),
}
DECISION_LABELS = {DecisionKind.CONFIRM: "確認", DecisionKind.DISPUTE: "異議"}


class AssignmentLine(NamedTuple):
    """One assignment, in force or ended (担当割当)."""

    reviewer: str
    assigned_by: str
    assigned_at: datetime
    due_on: date
    ended_at: datetime | None


class EvidenceLine(NamedTuple):
    """A register row an opinion cites (根拠)."""

    register: str
    register_key: str
    number: int
    title: str
    as_of: date
    quote: str


class DecisionView(NamedTuple):
    """The second person's word on an opinion (二次確認・異議)."""

    label: str
    who: str
    when: datetime
    category: str
    paragraphs: list[str]


@dataclass(frozen=True, kw_only=True)
class OpinionView:
    """One opinion with what it rests on and what was said to it (仕分け意見)."""

    number: int
    who: str
    when: datetime
    code: str
    label: str
    is_result: bool
    status: str
    tone: Tone
    paragraphs: list[str]
    answers: list[tuple[str, str]]
    evidence: list[EvidenceLine]
    decision: DecisionView | None


@dataclass(frozen=True, kw_only=True)
class TriageRecord:
    """All that was decided inside the secretariat (仕分けの記録), the latest opinion first."""

    assignments: list[AssignmentLine]
    opinions: list[OpinionView]


def triage_record(proposal: Proposal) -> TriageRecord:
    """Read the record of a case (仕分けの記録). For the secretariat alone."""
    opinions = [
        _opinion(row, number) for number, row in enumerate(assessments_of(proposal), start=1)
    ]
    return TriageRecord(assignments=_assignments(proposal), opinions=opinions[::-1])


def _assignments(proposal: Proposal) -> list[AssignmentLine]:
    reviewer, assigner = aliased(User), aliased(User)
    rows = db.session.execute(
        select(Assignment, reviewer.display_name, assigner.display_name)
        .join(reviewer, reviewer.id == Assignment.reviewer_id)
        .join(assigner, assigner.id == Assignment.assigned_by_id)
        .where(Assignment.proposal_id == proposal.id)
        .order_by(Assignment.id.desc())
    )
    return [
        AssignmentLine(name, by, row.assigned_at, row.due_on, row.ended_at)
        for row, name, by in rows
    ]


def _opinion(row: Assessment, number: int) -> OpinionView:
    status, tone = STATUS_LABELS[row.status]
    return OpinionView(
        number=number,
        who=row.author.display_name,
        when=row.created_at,
        code=row.category.code,
        label=row.category.label,
        is_result=row.status in (AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED),
        status=status,
        tone=tone,
        paragraphs=paragraphs(row.reason),
        answers=answer_lines(row.answers),
        evidence=[_evidence(item) for item in row.evidence],
        decision=_decision(row.decision) if row.decision else None,
    )


def _evidence(item: AssessmentEvidence) -> EvidenceLine:
    entry = item.register_entry
    return EvidenceLine(
        register=REGISTER_LABELS[entry.register],
        register_key=entry.register.value,
        number=entry.number,
        title=entry.title,
        as_of=entry.as_of,
        quote=item.quote,
    )


def _decision(row: AssessmentDecision) -> DecisionView:
    category: Category | None = row.category
    return DecisionView(
        label=DECISION_LABELS[row.kind],
        who=row.decided_by.display_name,
        when=row.decided_at,
        category=f"{category.code}　{category.short_label}" if category else "",
        paragraphs=paragraphs(row.note),
    )
