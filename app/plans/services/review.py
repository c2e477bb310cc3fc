"""Submitting a plan, and what follows (方針の提出・承認・差戻し)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.candidates.lifecycle import lock_candidate, move_candidate
from app.core import clock
from app.extensions import db
from app.plans.content import present_content
from app.plans.models import Plan, PlanStatus, PlanVersion, VersionDecision
from app.plans.policy import authorize_decide, authorize_submit
from app.plans.queries import versions_of
from app.plans.services.letters import tell_leads, tell_writers
from app.plans.services.trace import check_plan_version, keep_trace, refuse, text_problem
from app.workflow.candidates import CandidateState

UNCHANGED = "前に提出した版と同じ内容です。直してから提出してください"


@dataclass(frozen=True, kw_only=True)
class SubmitPlan:
    """Submit the plan as it is written now (提出): what it is about, or what changed and why."""

    version: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecidePlan:
    """Approve or return a submitted version (承認・差戻し); a return says why."""

    version: int
    number: int
    decision: VersionDecision
    reason: str = ""


def submit_plan(plan: Plan, command: SubmitPlan, *, actor: User) -> PlanVersion:
    """Keep the plan as a version that nobody changes any more (提出).

    Missing parts do not stop it: they are flagged in the version. Raises NotAllowed, StaleVersion,
    IllegalTransition, InvalidInput.
    """
    check_plan_version(plan, command.version)
    authorize_submit(actor, plan)
    problem = text_problem("提出の説明", command.reason)
    refuse({"reason": [problem]} if problem else {})
    former = versions_of(plan)
    content = present_content(plan).as_json()
    if former and former[0].content == content:
        refuse({"reason": [UNCHANGED]})
    version = PlanVersion(
        plan=plan,
        number=len(former) + 1,
        content=content,
        writer_ids=sorted({row.written_by_id for row in plan.sections if row.written_by_id}),
        reason=command.reason,
        submitted_by_id=actor.id,
        submitted_at=clock.now(),
    )
    db.session.add(version)
    plan.status = PlanStatus.SUBMITTED
    keep_trace(
        "submit",
        plan,
        actor,
        from_state=PlanStatus.DRAFT.value,
        reason=command.reason,
        number=version.number,
    )
    _note_draft(plan, version, actor)
    tell_leads(version)
    return version


def _note_draft(plan: Plan, version: PlanVersion, actor: User) -> None:
    """Move a candidate under study to 方針案 (節目); a lead moves it from elsewhere."""
    candidate = plan.candidate
    lock_candidate(candidate)
    if candidate.state is CandidateState.STUDYING:
        move_candidate(
            candidate,
            CandidateState.PLAN_DRAFTED,
            decided_on=clock.today(),
            reason=f"方針の第{version.number}版を提出したため",
            actor=actor,
        )


def decide_plan(plan: Plan, version: PlanVersion, command: DecidePlan, *, actor: User) -> None:
    """Approve a version, which freezes the plan, or return it to be written on (承認・差戻し).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    check_plan_version(plan, command.version)
    authorize_decide(actor, plan, version)
    is_approved = command.decision is VersionDecision.APPROVED
    problem = text_problem("差し戻す理由", command.reason)
    refuse({"reason": [problem]} if problem and not is_approved else {})
    version.decision = command.decision
    version.decision_reason = command.reason
    version.decided_by_id = actor.id
    version.decided_at = clock.now()
    plan.status = PlanStatus.APPROVED if is_approved else PlanStatus.DRAFT
    keep_trace(
        "approve" if is_approved else "return",
        plan,
        actor,
        from_state=PlanStatus.SUBMITTED.value,
        reason=command.reason,
        number=version.number,
    )
    tell_writers(version)
