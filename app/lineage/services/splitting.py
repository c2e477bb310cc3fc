"""One case becomes several (分割), and one again (分割の取消し)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, inspect, select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.lineage.models import CaseSplit, SplitPart
from app.lineage.policy import authorize, check_reason, check_split_undoable, check_splittable
from app.lineage.queries import in_id_order, latest_split, standing_splits
from app.proposals.content import apply_content, content_of
from app.proposals.lifecycle import absorb, begin_part, check_version
from app.proposals.models import (
    ConflictOfInterest,
    CoProposer,
    Proposal,
    ProposalRevision,
)
from app.proposals.queries import revisions_of
from app.proposals.sharing.partners import accepted_partners_of
from app.triage.services.assign import end_assignments
from app.triage.services.opinions import supersede_open_assessment
from app.workflow.states import State

# Texts that are divided; everything else of the case each part has as it stands.
DIVIDED_FIELDS = ("title", "detail", "requested_measure", "hardship_case", "effect")
FEWEST_PARTS, MOST_PARTS = 2, 6
COPIED_COLUMNS = (
    "round_id",
    "organization_id",
    "receipt_sequence",
    "submitted_at",
    "is_late",
    "is_sample",
    "created_at",
    "created_by_id",
    "edited_by_id",
)


@dataclass(frozen=True, kw_only=True)
class SplitCase:
    """The texts a case is divided into (分割): the first stays with the case itself."""

    version: int
    texts: tuple[Mapping[str, str], ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class UndoSplit:
    """Making one case of the parts again (分割の取消し)."""

    version: int
    reason: str


def split_case(original: Proposal, command: SplitCase, *, actor: User) -> CaseSplit:
    """Make several cases of one (分割); the new ones have branch numbers (R6-0012-2) and wait.

    Each has body, partners and dates of receipt of the case; its files stay with the case. Raises
    NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, [original])
    check_version(original, command.version)
    check_splittable(original)
    _check_texts(command)
    now = clock.now()
    split = CaseSplit(
        original_id=original.id,
        reason=command.reason,
        split_by_id=actor.id,
        split_at=now,
        content_before=content_of(original),
        revision_number=len(revisions_of(original)) + 1,
    )
    db.session.add(split)
    db.session.flush()
    parts = [_make_part(original, split, text, command, actor) for text in command.texts[1:]]
    changed = apply_content(original, dict(command.texts[0]))
    _keep_revision(original, actor)
    _record(original, "proposal.split", parts, changed, command.reason, actor)
    return split


def _check_texts(command: SplitCase) -> None:
    errors: dict[str, list[str]] = {}
    if is_blank(command.reason):
        errors["reason"] = ["理由を入力してください"]
    if not FEWEST_PARTS <= len(command.texts) <= MOST_PARTS:
        words = f"{FEWEST_PARTS}件から{MOST_PARTS}件までに分けてください"
        errors["parts"] = [words]
    for number, text in enumerate(command.texts, start=1):
        for name in ("title", "detail"):
            if is_blank(text.get(name, "")):
                errors[f"parts-{number - 1}-{name}"] = [_missing(number, name)]
    whole = [tuple(text.get(name, "") for name in DIVIDED_FIELDS) for text in command.texts]
    if len(set(whole)) < len(whole):
        errors.setdefault("parts", []).append(
            "同じ内容の提案があります。それぞれの提案に、その対象の文だけを残してください"
        )
    if errors:
        raise InvalidInput(errors)


def _missing(number: int, name: str) -> str:
    return f"{number}件目の{'提案概要' if name == 'title' else '提案詳細'}を入力してください"


def _make_part(
    original: Proposal, split: CaseSplit, text: Mapping[str, str], command: SplitCase, actor: User
) -> Proposal:
    part = Proposal(
        **{name: getattr(original, name) for name in COPIED_COLUMNS},
        state=State.ACCEPTED,
        branch_number=_next_branch(original),
        search_key="",
        answers={},
    )
    part.round = original.round
    part.receipt_number = f"{original.receipt_number}-{part.branch_number}"
    with db.session.no_autoflush:
        content = content_of(original)
        _fill(part, original, {**content, **text})
    begin_part(part, original, actor=actor, reason=command.reason)
    db.session.add(SplitPart(proposal_id=part.id, split_id=split.id))
    _copy_partners(original, part)
    _copy_conflicts(original, part)
    _keep_revision(part, actor)
    return part


def _fill(part: Proposal, original: Proposal, content: Mapping[str, Any]) -> None:
    for name in CONTENT_COLUMNS:
        setattr(part, name, getattr(original, name))
    apply_content(part, content)


CONTENT_COLUMNS = (
    *DIVIDED_FIELDS,
    "legal_basis",
    "ministry_id",
    "is_viewpoint_new_issue",
    "is_viewpoint_reform_burden",
    "is_viewpoint_timely_data",
    "adoption_status",
    "bunken_control_number",
    "contact_department",
    "contact_email",
    "answers",
)


def _next_branch(original: Proposal) -> int:
    """The next branch number of a case (枝番): never used twice, also not after an undoing."""
    last = db.session.scalar(
        select(func.max(Proposal.branch_number)).where(
            Proposal.round_id == original.round_id,
            Proposal.receipt_sequence == original.receipt_sequence,
        )
    )
    return (last or 1) + 1


def _copy_partners(original: Proposal, part: Proposal) -> None:
    db.session.add_all(
        CoProposer(
            proposal_id=part.id,
            organization_id=row.organization_id,
            asked_by_id=row.asked_by_id,
            asked_at=row.asked_at,
            answer=row.answer,
            answered_by_id=row.answered_by_id,
            answered_at=row.answered_at,
            reason=row.reason,
            accepted_content=row.accepted_content,
        )
        for row in accepted_partners_of(original)
    )


def _copy_conflicts(original: Proposal, part: Proposal) -> None:
    """Whoever must not touch the case must not touch a part of it (利益相反)."""
    names = [
        column.key
        for column in inspect(ConflictOfInterest).column_attrs
        if column.key not in ("id", "proposal_id")
    ]
    rows = db.session.scalars(
        select(ConflictOfInterest).where(
            ConflictOfInterest.proposal_id == original.id, ConflictOfInterest.in_force()
        )
    )
    db.session.add_all(
        ConflictOfInterest(proposal_id=part.id, **{name: getattr(row, name) for name in names})
        for row in rows.all()
    )


def _keep_revision(proposal: Proposal, actor: User) -> None:
    """Keep the text as the office divided it (提出版), after those of the body."""
    earlier = revisions_of(proposal)
    db.session.add(
        ProposalRevision(
            proposal_id=proposal.id,
            number=len(earlier) + 1,
            submitted_at=clock.now(),
            submitted_by_id=actor.id,
            content=content_of(proposal),
            files=earlier[-1].files if earlier else [],
        )
    )
    db.session.flush()


def undo_split(original: Proposal, command: UndoSplit, *, actor: User) -> CaseSplit:
    """Make one case of the parts of the latest split again (分割の取消し).

    The case has its text back; the parts end, and their numbers lead to it. Raises NotAllowed,
    NotFound, StaleVersion, IllegalTransition, InvalidInput.
    """
    split = latest_split(original)
    parts = [row.proposal for row in split.parts]
    authorize(actor, [original, *parts])
    check_version(original, command.version)
    for part in in_id_order(parts):
        check_version(part, part.version)
    check_split_undoable(split)
    check_reason(command.reason)
    for part in parts:
        supersede_open_assessment(part)
        end_assignments(part)
        absorb(part, original, "proposal.rejoin", actor=actor, reason=command.reason)
    changed = apply_content(original, split.content_before)
    _keep_revision(original, actor)
    for earlier in standing_splits(original):
        earlier.revision_number = len(revisions_of(original))
    split.undone_at = clock.now()
    split.undone_by_id = actor.id
    split.undo_reason = command.reason
    _record(original, "proposal.unsplit", parts, changed, command.reason, actor)
    return split


def _record(
    original: Proposal,
    verb: str,
    parts: list[Proposal],
    changed: list[str],
    reason: str,
    actor: User,
) -> None:
    db.session.flush()
    record(
        verb,
        Subject(type="proposal", id=original.id, version=original.version),
        actor=actor,
        reason=reason,
        changes={"other_case": "、".join(row.reference for row in parts), "fields": changed},
    )
