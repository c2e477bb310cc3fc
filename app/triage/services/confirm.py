"""The second person's word (二次確認・異議)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.rounds.queries import available_categories
from app.triage.models import Assessment, AssessmentDecision, AssessmentStatus, DecisionKind
from app.triage.policy import authorize
from app.triage.queries import get_open_assessment
from app.triage.services.assign import end_assignments
from app.workflow.states import Action


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """Agreement with the opinion that was looked at (確認)."""

    version: int
    assessment_id: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """Disagreement with its reason and the other category (異議)."""

    version: int
    assessment_id: int
    category_key: str
    reason: str


def confirm_assessment(proposal: Proposal, command: Confirm, *, actor: User) -> None:
    """Second person agrees: the case stands in the category (二次確認).

    Raises NotAllowed (one's own opinion too), StaleVersion, IllegalTransition.
    """
    authorize(actor, Action.CONFIRM, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.CONFIRM)
    assessment = get_open_assessment(proposal, command.assessment_id)
    assessment.status = AssessmentStatus.CONFIRMED
    _decide(assessment, DecisionKind.CONFIRM, actor, command.note)
    proposal.provisional_category = None
    end_assignments(proposal)
    advance(
        proposal,
        Action.CONFIRM,
        actor=actor,
        reason=command.note,
        category=assessment.category,
        changes={"assessment_id": assessment.id, "category": assessment.category.code},
    )


def dispute_assessment(proposal: Proposal, command: Dispute, *, actor: User) -> None:
    """Second person disagrees: the case goes back to review, both opinions stay (異議).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.DISPUTE, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.DISPUTE)
    assessment = get_open_assessment(proposal, command.assessment_id)
    category = _other_category(proposal, assessment, command)
    assessment.status = AssessmentStatus.DISPUTED
    _decide(assessment, DecisionKind.DISPUTE, actor, command.reason, category)
    advance(
        proposal,
        Action.DISPUTE,
        actor=actor,
        reason=command.reason,
        changes={
            "assessment_id": assessment.id,
            "category": assessment.category.code,
            "other_category": category.code,
        },
    )


def _decide(
    assessment: Assessment,
    kind: DecisionKind,
    actor: User,
    note: str,
    category: Category | None = None,
) -> None:
    db.session.add(
        AssessmentDecision(
            assessment_id=assessment.id,
            author_id=assessment.author_id,
            decided_by_id=actor.id,
            kind=kind,
            category=category,
            note=note,
            decided_at=clock.now(),
        )
    )
    db.session.flush()


def _other_category(proposal: Proposal, assessment: Assessment, command: Dispute) -> Category:
    errors: dict[str, list[str]] = {}
    choices = {row.key: row for row in available_categories(proposal.round)}
    category = choices.get(command.category_key)
    if category is None:
        errors["category_key"] = ["適当と考える分類を選んでください"]
    elif category.id == assessment.category_id:
        errors["category_key"] = ["意見と同じ分類です。異議には、別の分類を選んでください"]
    if is_blank(command.reason):
        errors["reason"] = ["異議の理由を入力してください"]
    if errors or category is None:
        raise InvalidInput(errors)
    return category
