"""What the secretariat did with a case (仕分けの記録): assignments, opinions, decisions."""

from collections.abc import Sequence
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
from app.triage.blindness import hidden_opinion_ids, progress
from app.triage.labels import label_words, labels_of, themes
from app.triage.models import (
    Assessment,
    AssessmentDecision,
    AssessmentEvidence,
    AssessmentStatus,
    Assignment,
    DecisionKind,
    LabelKind,
    ProposalLabel,
)
from app.triage.opinion_view import OpinionParts, parts_of, rating_spreads
from app.triage.policy import can_work
from app.triage.queries import assessments_of, disputed_assessments
from app.triage.rubric import Spread
from app.workflow.labels import Tone
from app.workflow.states import State

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


class LabelLine(NamedTuple):
    """A label in words, with who set it and when (ラベル)."""

    words: str
    who: str
    when: datetime


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
    parts: OpinionParts
    is_second: bool
    evidence: list[EvidenceLine]
    decision: DecisionView | None


@dataclass(frozen=True, kw_only=True)
class TriageRecord:
    """All that was decided inside the secretariat (仕分けの記録), the latest opinion first."""

    assignments: list[AssignmentLine]
    opinions: list[OpinionView]
    hidden: int
    given: int
    required: int
    is_disagreed: bool
    labels: list[LabelLine]
    spreads: list[Spread]
    theme_choices: list[tuple[str, bool]]


def triage_record(proposal: Proposal, reader: User) -> TriageRecord:
    """Read the record of a case (仕分けの記録). For the secretariat alone.

    An opinion the reader may not read yet (独立した2人目) is counted, and nothing of it is told.
    """
    hidden = hidden_opinion_ids(reader, proposal)
    opinions = [
        _opinion(row, number, proposal, reader)
        for number, row in enumerate(assessments_of(proposal), start=1)
        if row.id not in hidden
    ]
    given, required = progress(proposal)
    labels = labels_of(proposal)
    return TriageRecord(
        assignments=_assignments(proposal),
        opinions=opinions[::-1],
        hidden=len(hidden),
        given=given,
        required=required,
        is_disagreed=is_disagreed(proposal),
        labels=[
            LabelLine(label_words(row), row.created_by.display_name, row.created_at)
            for row in labels
        ],
        spreads=rating_spreads(proposal, reader),
        theme_choices=_theme_choices(proposal, reader, labels),
    )


def is_disagreed(proposal: Proposal) -> bool:
    """Whether two different opinions stand against each other (不一致); derived, no state."""
    return proposal.state is State.IN_REVIEW and bool(disputed_assessments(proposal))


def _theme_choices(
    proposal: Proposal, reader: User, labels: Sequence[ProposalLabel]
) -> list[tuple[str, bool]]:
    """Themes to choose from, and whether the case has them; none for who may not change them."""
    if not can_work(reader, proposal):
        return []
    given = {row.value for row in labels if row.kind is LabelKind.THEME}
    names = [row.name for row in themes() if row.is_active or row.name in given]
    return [(name, name in given) for name in names]


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


def _opinion(row: Assessment, number: int, proposal: Proposal, reader: User) -> OpinionView:
    status, tone = STATUS_LABELS[row.status]
    return OpinionView(
        number=number,
        who=row.author_words,
        when=row.created_at,
        code=row.category.code,
        label=row.category.label,
        is_result=row.status in (AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED),
        status=status,
        tone=tone,
        paragraphs=paragraphs(row.reason),
        parts=parts_of(row, proposal, reader),
        is_second=row.first_opinion_id is not None,
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
