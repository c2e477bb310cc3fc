"""One case goes into another (統合), and comes out again (統合の取消し)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput
from app.extensions import db
from app.lineage.models import CaseMerge
from app.lineage.policy import (
    authorize_merge,
    authorize_undo_merge,
    check_merge_undoable,
    check_reason,
    check_target,
    merge_obstacle,
)
from app.lineage.queries import in_id_order, standing_merge
from app.proposals.lifecycle import CaseStanding, absorb, check_version, restore
from app.proposals.models import Proposal
from app.proposals.queries import is_conflicted
from app.triage.models import Assessment, AssessmentStatus
from app.triage.queries import current_assignments
from app.triage.services.assign import end_assignments, resume_assignments
from app.triage.services.opinions import supersede_open_assessment
from app.workflow.states import State


class SeenCase(NamedTuple):
    """A case and the version of it that the preview showed (見た版)."""

    proposal: Proposal
    version: int


@dataclass(frozen=True, kw_only=True)
class MergeCases:
    """Cases that go into one (統合); `version` is that of the one that stays."""

    version: int
    absorbed: tuple[SeenCase, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class UndoMerge:
    """Taking a case out again (統合の取消し); `version` is that of the absorbed case."""

    version: int
    reason: str


def merge_cases(target: Proposal, command: MergeCases, *, actor: User) -> None:
    """Let cases go into another one, all or none (統合).

    Each keeps number, text, files and history; its clock stops, its reviewers and its waiting
    opinion are set aside. Raises NotAllowed, StaleVersion, IllegalTransition, and InvalidInput for
    a case that cannot go there and for no reason.
    """
    cases = [row.proposal for row in command.absorbed]
    authorize_merge(actor, target, cases)
    versions = {row.proposal.id: row.version for row in command.absorbed}
    versions[target.id] = command.version
    for case in in_id_order([target, *(row for row in cases if row.id != target.id)]):
        check_version(case, versions[case.id])
    check_target(target)
    check_absorbed(target, cases)
    _check_reviewers(target, cases)
    check_reason(command.reason)
    for case in cases:
        _absorb(case, target, command.reason, actor)
    _note_on_target(target, cases, "proposal.absorb", command.reason, actor)


def check_absorbed(target: Proposal, cases: Sequence[Proposal]) -> None:
    """Refuse cases that cannot go into the target, each in words. Raises InvalidInput."""
    if not cases:
        raise InvalidInput({"numbers": ["統合する提案の受付番号を入力してください"]})
    found = [merge_obstacle(target, case) for case in cases]
    obstacles = [words for words in found if words]
    if obstacles:
        raise InvalidInput({"numbers": obstacles})


def _check_reviewers(target: Proposal, cases: Sequence[Proposal]) -> None:
    """Refuse a case whose texts a reviewer of the target must not judge (利益相反)."""
    found = [
        f"{target.reference}の担当{row.reviewer.display_name}は、{case.reference}と利益相反が"
        "あります。担当を替えてから統合してください"
        for case in cases
        for row in current_assignments(target)
        if is_conflicted(row.reviewer_id, case)
    ]
    if found:
        raise InvalidInput({"numbers": found})


def _absorb(case: Proposal, target: Proposal, reason: str, actor: User) -> None:
    assignment_ids = [row.id for row in current_assignments(case)]
    opinion = supersede_open_assessment(case)
    end_assignments(case)
    kept = absorb(case, target, "proposal.merge", actor=actor, reason=reason)
    db.session.add(
        CaseMerge(
            absorbed_id=case.id,
            target_id=target.id,
            reason=reason,
            merged_by_id=actor.id,
            merged_at=clock.now(),
            standing={
                "standing": kept.as_json(),
                "assignment_ids": assignment_ids,
                "opinion_id": opinion.id if opinion else None,
            },
        )
    )
    db.session.flush()


def undo_merge(absorbed: Proposal, command: UndoMerge, *, actor: User) -> None:
    """Take a case out of another one (統合の取消し): it stands where it stood.

    Its term has the office days left that it had, its reviewers have it again unless they left or
    have a conflict by now. Raises NotAllowed, NotFound, StaleVersion, IllegalTransition,
    InvalidInput.
    """
    merge = standing_merge(absorbed)
    authorize_undo_merge(actor, merge)
    check_version(absorbed, command.version)
    check_merge_undoable(merge)
    check_reason(command.reason)
    merge.undone_at = clock.now()
    merge.undone_by_id = actor.id
    merge.undo_reason = command.reason
    before = CaseStanding(**merge.standing["standing"])
    restore(absorbed, before, "proposal.unmerge", actor=actor, reason=command.reason)
    _give_back(absorbed, merge)
    _note_on_target(merge.target, [absorbed], "proposal.release", command.reason, actor)


def _give_back(proposal: Proposal, merge: CaseMerge) -> None:
    for row in resume_assignments(proposal, merge.standing["assignment_ids"]):
        if proposal.state is State.IN_REVIEW and proposal.due_on is not None:
            row.due_on = proposal.due_on
    opinion_id = merge.standing["opinion_id"]
    opinion = db.session.get(Assessment, opinion_id) if opinion_id else None
    if opinion is not None:
        opinion.status = AssessmentStatus.OPEN
    db.session.flush()


def _note_on_target(
    target: Proposal, cases: Sequence[Proposal], verb: str, reason: str, actor: User
) -> None:
    """Leave a trace on the case that stays; whoever has it open is told that it changed."""
    flag_modified(target, "state_since")
    db.session.flush()
    record(
        verb,
        Subject(type="proposal", id=target.id, version=target.version),
        actor=actor,
        reason=reason,
        changes={"other_case": "、".join(row.reference for row in cases)},
    )
