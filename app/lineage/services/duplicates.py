"""Marking a case as the same as another, both going on (重複の印)."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.extensions import db
from app.lineage.models import DuplicateMark
from app.lineage.policy import authorize, check_reason
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal

SAME_CASE = "同じ提案です。重複する別の提案の番号を入力してください"
TAKEN_BACK = "この重複の印は、すでに取り消されています。"


@dataclass(frozen=True, kw_only=True)
class MarkDuplicate:
    """「この提案は…と重複」 (重複の印)."""

    version: int
    duplicate_of: Proposal
    reason: str


@dataclass(frozen=True, kw_only=True)
class UnmarkDuplicate:
    """Taking a mark back (重複の取消し)."""

    version: int
    reason: str


def mark_duplicate(proposal: Proposal, command: MarkDuplicate, *, actor: User) -> DuplicateMark:
    """Mark a case as a duplicate of another one (重複); nothing of either changes.

    Raises NotAllowed, StaleVersion, and InvalidInput for itself, a standing mark, no reason.
    """
    other = command.duplicate_of
    authorize(actor, [proposal, other])
    check_version(proposal, command.version)
    check_reason(command.reason)
    if other.id == proposal.id:
        raise InvalidInput({"numbers": [SAME_CASE]})
    if _is_marked(proposal, other) or _is_marked(other, proposal):
        raise InvalidInput({"numbers": [f"{other.reference}との重複は、もう記録されています"]})
    mark = DuplicateMark(
        proposal_id=proposal.id,
        duplicate_of_id=other.id,
        reason=command.reason,
        marked_by_id=actor.id,
        marked_at=clock.now(),
    )
    db.session.add(mark)
    db.session.flush()
    _record(mark, "proposal.mark_duplicate", command.reason, actor)
    return mark


def unmark_duplicate(
    proposal: Proposal, mark: DuplicateMark, command: UnmarkDuplicate, *, actor: User
) -> None:
    """Take a mark back (重複の取消し); it stays on record.

    Raises NotAllowed, StaleVersion, IllegalTransition for one taken back already, InvalidInput.
    """
    authorize(actor, [mark.proposal, mark.duplicate_of])
    check_version(proposal, command.version)
    # The mark belongs to two cases: who comes from the other one waits here.
    db.session.refresh(mark, with_for_update=True)
    if mark.undone_at is not None:
        raise IllegalTransition(TAKEN_BACK)
    check_reason(command.reason)
    mark.undone_at = clock.now()
    mark.undone_by_id = actor.id
    mark.undo_reason = command.reason
    db.session.flush()
    _record(mark, "proposal.unmark_duplicate", command.reason, actor)


def _is_marked(proposal: Proposal, other: Proposal) -> bool:
    found = select(DuplicateMark.id).where(
        DuplicateMark.proposal_id == proposal.id,
        DuplicateMark.duplicate_of_id == other.id,
        DuplicateMark.undone_at.is_(None),
    )
    return db.session.scalar(found) is not None


def _record(mark: DuplicateMark, verb: str, reason: str, actor: User) -> None:
    """Leave a trace on both cases: each has a history of its own."""
    pairs = ((mark.proposal, mark.duplicate_of), (mark.duplicate_of, mark.proposal))
    for case, other in pairs:
        record(
            verb,
            Subject(type="proposal", id=case.id, version=case.version),
            actor=actor,
            reason=reason,
            changes={"other_case": other.reference},
        )
