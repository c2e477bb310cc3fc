"""The second person's word (二次確認・異議), after reading the first opinion or before (独立)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from app.accounts.models import User
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.rounds.queries import available_categories
from app.triage.blindness import is_blind_for, is_blind_round
from app.triage.consistency import check_compared
from app.triage.models import Assessment, AssessmentDecision, AssessmentStatus, DecisionKind
from app.triage.policy import authorize
from app.triage.queries import get_open_assessment
from app.triage.services.all_in import tell_all_in
from app.triage.services.assign import end_assignments
from app.triage.services.labels import take_labels_of
from app.triage.services.opinion_drafts import discard_opinion_draft
from app.triage.services.opinions import Assess, check_opinion, write_opinion
from app.workflow.states import Action

BLIND = (
    "この募集回では、確認者は1人目の意見を読む前に、自分の仕分け意見を登録します。"
    "「独立した意見を書く」から登録してください。"
)
NOT_BLIND = "この提案では、1人目の意見を読んで確認します。「意見を確認する」から確認してください。"


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """Agreement with the opinion that was looked at (確認)."""

    version: int
    assessment_id: int
    note: str = ""
    # Receipt numbers of the near-duplicates whose difference was looked at (違いを確かめた).
    compared_with: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """Disagreement with its reason and the other category (異議)."""

    version: int
    assessment_id: int
    category_key: str
    reason: str


def confirm_assessment(
    proposal: Proposal, command: Confirm, *, actor: User, near: Collection[int] | None = None
) -> None:
    """Second person agrees: the case stands in the category (二次確認).

    `near` are the near-duplicates where they were found before the transaction; what was said of
    them is judged now.
    Raises NotAllowed (one's own opinion too, and before a blind opinion), StaleVersion,
    IllegalTransition, InvalidInput (a near-duplicate goes another way and was not looked at).
    """
    _check(proposal, Action.CONFIRM, command.version, actor)
    assessment = _looked_at(proposal, command.assessment_id, actor)
    compared = check_compared(actor, proposal, command.compared_with, near)
    _agree(proposal, assessment, actor, note=command.note, compared_with=compared)


def dispute_assessment(proposal: Proposal, command: Dispute, *, actor: User) -> None:
    """Second person disagrees: the case goes back to review, both opinions stay (異議).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    _check(proposal, Action.DISPUTE, command.version, actor)
    assessment = _looked_at(proposal, command.assessment_id, actor)
    category = _other_category(proposal, assessment, command)
    _disagree(proposal, assessment, actor, category=category, reason=command.reason)


def give_second_opinion(
    proposal: Proposal, command: Assess, *, assessment_id: int, actor: User
) -> bool:
    """Second person gives a full opinion before reading the first (独立した2人目の意見).

    The same category confirms the case; another one is a disagreement (不一致) and goes the way of
    a dispute, without anybody having to file one. Returns whether the two agree. Raises NotAllowed
    (not a blind case, too), StaleVersion, IllegalTransition, InvalidInput.
    """
    _check(proposal, Action.CONFIRM, command.version, actor)
    if not is_blind_for(actor, proposal):
        raise NotAllowed(NOT_BLIND)
    first = get_open_assessment(proposal, assessment_id)
    checked = check_opinion(proposal, command, actor=actor)
    category = checked.category
    is_agreed = category.id == first.category_id
    status = AssessmentStatus.CONFIRMED if is_agreed else AssessmentStatus.DISPUTED
    second = write_opinion(
        proposal, command, actor=actor, checked=checked, status=status, first=first
    )
    if is_agreed:
        _agree(proposal, first, actor, note=command.reason, second=second)
    else:
        reason = command.reason
        _disagree(proposal, first, actor, category=category, reason=reason, second=second)
        discard_opinion_draft(proposal, actor=actor)
    return is_agreed


def _check(proposal: Proposal, action: Action, version: int, actor: User) -> None:
    authorize(actor, action, proposal)
    check_version(proposal, version)
    check_possible(proposal, action)


def refuse_blind(proposal: Proposal, actor: User) -> None:
    """Nobody answers an opinion unread: a blind second person writes its own. Raises NotAllowed."""
    if is_blind_for(actor, proposal):
        raise NotAllowed(BLIND)


def _looked_at(proposal: Proposal, assessment_id: int, actor: User) -> Assessment:
    """The waiting opinion, which was looked at. Raises NotAllowed, IllegalTransition."""
    if is_blind_round(proposal.round):
        refuse_blind(proposal, actor)
    return get_open_assessment(proposal, assessment_id)


def _agree(
    proposal: Proposal,
    assessment: Assessment,
    actor: User,
    *,
    note: str,
    second: Assessment | None = None,
    compared_with: Sequence[str] = (),
) -> None:
    assessment.status = AssessmentStatus.CONFIRMED
    _decide(assessment, DecisionKind.CONFIRM, actor, note)
    proposal.provisional_category = None
    end_assignments(proposal)
    take_labels_of(proposal, assessment, actor=actor, second=second)
    changes: dict[str, Any] = {
        "assessment_id": assessment.id,
        "category": assessment.category.code,
    }
    if second is not None:
        changes["second_assessment_id"] = second.id
    if compared_with:
        changes["compared_with"] = list(compared_with)
    advance(
        proposal,
        Action.CONFIRM,
        actor=actor,
        reason=note,
        category=assessment.category,
        changes=changes,
    )
    tell_all_in(proposal, assessment, actor=actor)


def _disagree(
    proposal: Proposal,
    assessment: Assessment,
    actor: User,
    *,
    category: Category,
    reason: str,
    second: Assessment | None = None,
) -> None:
    assessment.status = AssessmentStatus.DISPUTED
    _decide(assessment, DecisionKind.DISPUTE, actor, reason, category)
    changes = {
        "assessment_id": assessment.id,
        "category": assessment.category.code,
        "other_category": category.code,
    }
    if second is not None:
        changes["second_assessment_id"] = second.id
    advance(proposal, Action.DISPUTE, actor=actor, reason=reason, changes=changes)
    tell_all_in(proposal, assessment, actor=actor)


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
