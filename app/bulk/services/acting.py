"""One act on many cases, all or nothing (一括操作の実行)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import User
from app.audit.services import Subject, record
from app.bulk.models import BulkAct, BulkActItem, BulkKind
from app.bulk.policy import authorize
from app.core import clock
from app.core.errors import InvalidInput
from app.extensions import db
from app.proposals.lifecycle import check_version, standing_of
from app.proposals.models import Proposal
from app.proposals.queries import get_visible_by_id
from app.triage.queries import current_assignments, open_assessment
from app.triage.services.assign import Assign, assign
from app.triage.services.pending import Hold, Resume, hold, resume

# Above it the page would take longer than a person waits; a round of 232 fits.
MOST_CASES = 300


@dataclass(frozen=True, kw_only=True)
class ActOnMany:
    """One act on cases as they were seen (一括操作): pairs of proposal id and version."""

    kind: BulkKind
    cases: tuple[tuple[int, int], ...]
    reason: str = ""
    reviewer_ids: tuple[int, ...] = ()
    revisit_on: date | None = None


def act_on_many(command: ActOnMany, *, actor: User, session_key: str) -> BulkAct:
    """Do the act on every case in the order of their ids, or on none (一括操作).

    Raises what the act raises for the first case that refuses it; nothing is done then. Raises
    NotAllowed, and InvalidInput for no case and for more than MOST_CASES.
    """
    authorize(actor, command.kind)
    if not command.cases:
        raise InvalidInput({"cases": ["提案を1件以上選んでください"]})
    if len(command.cases) > MOST_CASES:
        raise InvalidInput({"cases": [f"一度に操作できるのは{MOST_CASES}件までです"]})
    act = BulkAct(
        kind=command.kind,
        actor_id=actor.id,
        session_key=session_key,
        reason=command.reason,
        done_at=clock.now(),
    )
    db.session.add(act)
    db.session.flush()
    # By id: two people who act on the same cases never wait for each other.
    for proposal_id, version in sorted(command.cases):
        db.session.add(_done(act, proposal_id, version, command, actor))
    db.session.flush()
    record(
        "bulk_act.do",
        Subject(type="bulk_act", id=act.id),
        actor=actor,
        reason=command.reason,
        changes={"kind": command.kind.value, "cases": len(command.cases)},
    )
    return act


def _done(
    act: BulkAct, proposal_id: int, version: int, command: ActOnMany, actor: User
) -> BulkActItem:
    proposal = get_visible_by_id(actor, proposal_id)
    check_version(proposal, version)
    before = _standing(proposal)
    ACTS[command.kind](proposal, command, actor)
    db.session.flush()
    return BulkActItem(
        act_id=act.id,
        proposal_id=proposal.id,
        version_after=proposal.version,
        before=before,
    )


def _standing(proposal: Proposal) -> dict[str, Any]:
    waiting = open_assessment(proposal)
    return {
        "standing": standing_of(proposal).as_json(),
        "assignment_ids": [row.id for row in current_assignments(proposal)],
        "assessment_id": waiting.id if waiting else None,
    }


def _assign(proposal: Proposal, command: ActOnMany, actor: User) -> None:
    assign(
        proposal,
        Assign(version=proposal.version, reviewer_ids=command.reviewer_ids, note=command.reason),
        actor=actor,
    )


def _hold(proposal: Proposal, command: ActOnMany, actor: User) -> None:
    hold(
        proposal,
        Hold(version=proposal.version, reason=command.reason, revisit_on=command.revisit_on),
        actor=actor,
    )


def _resume(proposal: Proposal, command: ActOnMany, actor: User) -> None:
    resume(proposal, Resume(version=proposal.version, note=command.reason), actor=actor)


ACTS: dict[BulkKind, Callable[[Proposal, ActOnMany, User], None]] = {
    BulkKind.ASSIGN: _assign,
    BulkKind.HOLD: _hold,
    BulkKind.RESUME: _resume,
}
