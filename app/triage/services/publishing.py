"""Putting a plan of assignment into effect, all or nothing, and taking it back (割当案の実行)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.extensions import db
from app.proposals.lifecycle import CaseStanding, standing_of, take_back
from app.proposals.models import Proposal
from app.proposals.queries import proposals_visible_to
from app.triage.models import (
    Assessment,
    AssignmentPlan,
    AssignmentPlanRow,
    CaseClaim,
    OpinionDraft,
    PlanStage,
)
from app.triage.planning import CHOSEN_BY_HAND, CONFLICTED, Desk, cases_to_assign, desk_of
from app.triage.services.assign import Assign, assign, end_assignments
from app.triage.services.plans import LEAD_ONLY, check_draft, recompute

NOBODY_YET = "この案では、だれにも割り当てられません。担当を選ぶか、条件を変えてください"
NOT_UNDOABLE = (
    "この割当は取り消せません。取り消せるのは、割り当てた人が、同じログインの間だけです。"
)
NOT_YOURS = "いま扱えない提案があるため、まとめて取り消せません。1件ずつ割り当て直してください"
PLANNED_NOTE = "割当案による割当"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What became of publishing a plan (実行の結果): either it took effect, or what had changed."""

    assigned: int
    changed: tuple[str, ...] = ()

    @property
    def took_effect(self) -> bool:
        """Whether the cases were given out."""
        return not self.changed


def publish_plan(
    plan: AssignmentPlan, version: int, *, session_key: str, actor: User
) -> Publication:
    """Give every case of a plan to its people (割当案の実行), all of them or none.

    Where a case or a person has changed since, nothing is given out: the plan is worked out anew,
    and the lead is told what had changed. Raises NotAllowed, StaleVersion, IllegalTransition, and
    InvalidInput for a plan that names nobody.
    """
    check_draft(plan, version, actor=actor)
    rows = {id_: _rows_of(plan, id_) for id_ in sorted({row.proposal_id for row in plan.rows})}
    _lock(list(rows))
    changed = _changes_since(plan, rows, actor)
    if changed:
        recompute(plan, actor=actor)
        return Publication(assigned=0, changed=tuple(changed))
    given = {id_: found for id_, found in rows.items() if any(row.reviewer_id for row in found)}
    if not given:
        raise InvalidInput({"plan": [NOBODY_YET]})
    for found in given.values():
        _give(found, actor)
    plan.stage = PlanStage.PUBLISHED
    plan.decided_at = clock.now()
    plan.session_key = session_key
    _note("publish", plan, actor, len(given))
    return Publication(assigned=len(given))


def can_take_back(plan: AssignmentPlan, *, session_key: str, actor: User) -> bool:
    """Whether a publication may be taken back now (取消し): same sitting, nobody has begun."""
    is_undoable = _is_undoable(plan, session_key, actor) and _are_visible(plan, actor)
    return is_undoable and not _begun(plan)


def take_plan_back(plan: AssignmentPlan, *, session_key: str, actor: User) -> int:
    """Take a publication back (割当の取消し), every case of it; return their number.

    The cases stand where they stood. Raises NotAllowed, IllegalTransition for another sitting, and
    InvalidInput once anybody has begun with one of them, or the lead may not touch one any more.
    """
    db.session.refresh(plan, with_for_update={"of": AssignmentPlan})
    if plan.created_by_id != actor.id:
        raise NotAllowed(LEAD_ONLY)
    if not _is_undoable(plan, session_key, actor):
        raise IllegalTransition(NOT_UNDOABLE)
    _lock(sorted({row.proposal_id for row in plan.rows}))
    if not _are_visible(plan, actor):
        raise InvalidInput({"plan": [NOT_YOURS]})
    begun = _begun(plan)
    if begun:
        words = f"{'、'.join(begun)}は、もう仕分けが始まっています。1件ずつ割り当て直してください"
        raise InvalidInput({"plan": [words]})
    given = [row for row in plan.rows if row.before is not None]
    for row in given:
        end_assignments(row.proposal)
        before = CaseStanding(**(row.before or {}))
        take_back(row.proposal, before, actor=actor, changes={"assignment_plan_id": plan.id})
    plan.stage = PlanStage.UNDONE
    _note("take_back", plan, actor, len(given))
    return len(given)


def _rows_of(plan: AssignmentPlan, proposal_id: int) -> list[AssignmentPlanRow]:
    return [row for row in plan.rows if row.proposal_id == proposal_id]


def _lock(proposal_ids: Sequence[int]) -> None:
    """Lock the cases in one order, and read them as they are now."""
    db.session.scalars(
        select(Proposal)
        .where(Proposal.id.in_(proposal_ids))
        .order_by(Proposal.id)
        .with_for_update(of=Proposal)
        .execution_options(populate_existing=True)
    ).all()


def _changes_since(
    plan: AssignmentPlan, rows: Mapping[int, Sequence[AssignmentPlanRow]], actor: User
) -> list[str]:
    """What is not as it was when the plan was made, in words (変わった点)."""
    waiting = {case.id: case for case in cases_to_assign(actor, plan.round)}
    desk = desk_of(actor, plan.round, list(waiting.values()))
    words: list[str] = []
    unseen = 0
    for proposal_id, found in rows.items():
        case = waiting.get(proposal_id)
        if case is None or case.version != found[0].case_version:
            known = case or (found[0].proposal if _is_visible(found[0].proposal, actor) else None)
            unseen += known is None
            words += [f"{known.reference}：ほかの人が先に動かしました"] if known else []
        else:
            words += [f"{case.reference}：{row}" for row in _people_changes(found, case, desk)]
    if unseen:
        words.append(f"{unseen}件：扱えなくなりました")
    return words + _over_cap(plan, desk)


def _people_changes(rows: Sequence[AssignmentPlanRow], case: Proposal, desk: Desk) -> list[str]:
    people = {row.user.id: row for row in desk.reviewers}
    words = []
    for row in rows:
        if row.reviewer is None:
            continue
        person = people.get(row.reviewer.id)
        found = desk.obstacle(person, case) if person else "担当者の一覧から外れました"
        is_bound = row.why != CHOSEN_BY_HAND or found == CONFLICTED or person is None
        if found and is_bound:
            words.append(f"{row.reviewer.display_name}：{found}")
    return words


def _over_cap(plan: AssignmentPlan, desk: Desk) -> list[str]:
    """People who by now have more in hand than the plan reckoned with (上限の超過)."""
    planned = Counter(row.reviewer_id for row in plan.rows)
    by_hand = {row.reviewer_id for row in plan.rows if row.why == CHOSEN_BY_HAND}
    return [
        f"{row.user.display_name}：上限の{row.cap}件を超えます"
        for row in desk.reviewers
        if row.room is not None
        and row.user.id not in by_hand
        and planned[row.user.id] > row.room > 0
    ]


def _is_visible(proposal: Proposal, actor: User) -> bool:
    statement = proposals_visible_to(actor).where(Proposal.id == proposal.id)
    return db.session.scalars(statement).one_or_none() is not None


def _are_visible(plan: AssignmentPlan, actor: User) -> bool:
    """Whether the actor may still know of every case that was given out (利益相反)."""
    given = {row.proposal_id for row in plan.rows if row.before is not None}
    visible = proposals_visible_to(actor).where(Proposal.id.in_(given))
    return len(db.session.scalars(visible).all()) == len(given)


def _give(rows: Sequence[AssignmentPlanRow], actor: User) -> None:
    proposal = rows[0].proposal
    before = standing_of(proposal).as_json()
    command = Assign(
        version=proposal.version,
        reviewer_ids=tuple(row.reviewer_id for row in rows if row.reviewer_id is not None),
        note=PLANNED_NOTE,
    )
    assign(proposal, command, actor=actor)
    rows[0].before = before
    for row in rows:
        row.case_version = proposal.version


def _is_undoable(plan: AssignmentPlan, session_key: str, actor: User) -> bool:
    is_here = bool(session_key) and plan.session_key == session_key
    return plan.stage is PlanStage.PUBLISHED and plan.created_by_id == actor.id and is_here


def _begun(plan: AssignmentPlan) -> list[str]:
    """Numbers of the cases of a plan that somebody has begun with (着手された提案)."""
    given = {row.proposal_id: row.case_version for row in plan.rows if row.before is not None}
    since = plan.decided_at or clock.now()
    is_touched = or_(
        exists().where(CaseClaim.proposal_id == Proposal.id, CaseClaim.claimed_at >= since),
        exists().where(OpinionDraft.proposal_id == Proposal.id, OpinionDraft.saved_at >= since),
        exists().where(Assessment.proposal_id == Proposal.id, Assessment.created_at >= since),
    )
    touched = set(db.session.scalars(select(Proposal.id).where(Proposal.id.in_(given), is_touched)))
    cases = {row.proposal_id: row.proposal for row in plan.rows if row.proposal_id in given}
    return [
        case.reference
        for id_, case in cases.items()
        if id_ in touched or case.version != given[id_]
    ]


def _note(act: str, plan: AssignmentPlan, actor: User, count: int) -> None:
    db.session.flush()
    subject = Subject(type="assignment_plan", id=plan.id, version=plan.version)
    record(f"assignment_plan.{act}", subject, actor=actor, changes={"cases": count})
