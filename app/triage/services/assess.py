"""Giving an opinion (仕分け意見)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.accounts.models import User
from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.rounds.models import Category
from app.rounds.queries import available_categories
from app.triage.models import Assessment, AssessmentEvidence, AssessmentStatus
from app.triage.policy import authorize
from app.triage.queries import awaits_lead
from app.triage.services.assign import end_assignments
from app.workflow.states import Action


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A register row and the words of the proposal that meet it (根拠)."""

    register_entry_id: int
    quote: str = ""


@dataclass(frozen=True, kw_only=True)
class Assess:
    """One reviewer's category with reason, evidence and answers to the guide (仕分け意見)."""

    version: int
    category_key: str
    reason: str
    evidence: tuple[Evidence, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


def assess(proposal: Proposal, command: Assess, *, actor: User) -> Assessment:
    """Give an opinion (仕分け意見); it waits for a second person.

    Where the round asks for one reviewer only, and where the lead decides after a second dispute,
    the case stands in the category at once. Raises NotAllowed, StaleVersion, IllegalTransition,
    InvalidInput (category, reason, and for A–D and F-1 a register row are required).
    """
    authorize(actor, Action.ASSESS, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.ASSESS)
    category = _checked_category(proposal, command)
    status = _status(proposal)
    assessment = Assessment(
        proposal_id=proposal.id,
        author_id=actor.id,
        category=category,
        reason=command.reason,
        answers=dict(command.answers),
        status=status,
        created_at=clock.now(),
        evidence=[
            AssessmentEvidence(register_entry_id=item.register_entry_id, quote=item.quote)
            for item in command.evidence
        ],
    )
    db.session.add(assessment)
    db.session.flush()
    is_final = status is not AssessmentStatus.OPEN
    if is_final:
        proposal.provisional_category = None
        end_assignments(proposal)
    advance(
        proposal,
        Action.ASSESS,
        actor=actor,
        reason=command.reason,
        category=category if is_final else None,
        changes={"assessment_id": assessment.id, "category": category.code},
    )
    return assessment


def _status(proposal: Proposal) -> AssessmentStatus:
    if awaits_lead(proposal):
        return AssessmentStatus.DECIDED
    if proposal.round.reviewers_required == 1:
        return AssessmentStatus.CONFIRMED
    return AssessmentStatus.OPEN


def _checked_category(proposal: Proposal, command: Assess) -> Category:
    errors: dict[str, list[str]] = {}
    choices = {row.key: row for row in available_categories(proposal.round)}
    category = choices.get(command.category_key)
    if category is None:
        errors["category_key"] = ["分類を選んでください"]
    if is_blank(command.reason):
        errors["reason"] = ["分類の理由を入力してください"]
    if category is not None and category.is_evidence_required and not command.evidence:
        errors["evidence"] = [f"分類{category.code}には、根拠となる台帳の行を1つ以上選んでください"]
    if not _are_known(command.evidence):
        errors["evidence"] = ["根拠を台帳の一覧から選んでください"]
    if errors or category is None:
        raise InvalidInput(errors)
    return category


def _are_known(evidence: Sequence[Evidence]) -> bool:
    ids = [item.register_entry_id for item in evidence]
    is_unique = len(set(ids)) == len(ids)
    return is_unique and all(db.session.get(RegisterEntry, entry_id) for entry_id in ids)
