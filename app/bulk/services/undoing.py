"""Taking a bulk act back (一括操作の取消し)."""

from app.accounts.models import User
from app.audit.services import Subject, record
from app.bulk.models import BulkAct, BulkActItem
from app.bulk.policy import authorize_undo
from app.bulk.queries import cases_with_ids
from app.core import clock
from app.core.errors import IllegalTransition, NotAllowed, StaleVersion
from app.extensions import db
from app.proposals.lifecycle import CaseStanding, check_version, take_back
from app.triage.models import Assessment, AssessmentStatus
from app.triage.services.assign import end_assignments, resume_assignments

CHANGED_SINCE = (
    "{numbers}は、この操作の後でほかの人が動かしたため、取り消せません。"
    "1件も戻していません。提案ごとの画面から直してください。"
)
ALREADY_UNDONE = "このまとめた操作は、すでに取り消されています。"
CONFLICTED = (
    "利益相反のある提案が含まれるため、まとめて取り消せません。1件も戻していません。"
    "ほかの総括に、提案ごとの画面から直すよう依頼してください。"
)
NAMES_SHOWN = 5


def undo(act: BulkAct, *, actor: User, session_key: str) -> int:
    """Put every case back to where it stood before the act (取消し); return how many.

    All or nothing: when one of them was moved since, none is put back. Whoever left or has a
    conflict by now does not get the case back. Raises NotAllowed for anybody else, in another
    sign-in and for an actor with a conflict by now, IllegalTransition when it was taken back
    already, StaleVersion naming the cases that were moved.
    """
    if act.undone_at is not None and act.actor_id == actor.id:
        raise IllegalTransition(ALREADY_UNDONE)
    authorize_undo(actor, act, session_key)
    if len(cases_with_ids(actor, [row.proposal_id for row in act.items])) < len(act.items):
        raise NotAllowed(CONFLICTED)
    moved = [row for row in act.items if row.proposal.version != row.version_after]
    if moved:
        names = "、".join(row.proposal.reference for row in moved[:NAMES_SHOWN])
        rest = f"ほか{len(moved) - NAMES_SHOWN}件" if len(moved) > NAMES_SHOWN else ""
        raise StaleVersion(CHANGED_SINCE.format(numbers=names + rest))
    for item in act.items:
        _put_back(item, actor)
    act.undone_at = clock.now()
    db.session.flush()
    record(
        "bulk_act.undo",
        Subject(type="bulk_act", id=act.id),
        actor=actor,
        changes={"kind": act.kind.value, "cases": len(act.items)},
    )
    return len(act.items)


def _put_back(item: BulkActItem, actor: User) -> None:
    proposal = item.proposal
    check_version(proposal, item.version_after)
    end_assignments(proposal)
    resume_assignments(proposal, item.before["assignment_ids"])
    if item.before["assessment_id"] is not None:
        waiting = db.session.get_one(Assessment, item.before["assessment_id"])
        waiting.status = AssessmentStatus.OPEN
    take_back(
        proposal,
        CaseStanding(**item.before["standing"]),
        actor=actor,
        changes={"bulk_act_id": item.act_id},
    )
