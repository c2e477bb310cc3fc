"""Plans of assignment (割当案): made, changed row by row, published in one go, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Role, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.triage.assignment_rules import current_rule_set
from app.triage.models import AssignmentPlan, AssignmentPlanRow, PlanStage
from app.triage.planning import (
    CHOSEN_BY_HAND,
    CONFLICTED,
    PlannedPlace,
    Slot,
    cases_to_assign,
    desk_of,
    plan_places,
)

LEAD_ONLY = "割当案を作れるのは、事務局の総括だけです。"
NOT_FOUND = "この割当案は見つかりません。割当案の画面から作り直してください。"
NOT_A_DRAFT = "この割当案は、もう割り当てたか、破棄されています。新しい案を作ってください。"
MOST_REVIEWERS = 3


@dataclass(frozen=True, kw_only=True)
class MakePlan:
    """What a plan is made of (割当案の条件): the cases, how many reviewers each, the seed.

    `suggested` are the categories the rules may ask for, worked out beforehand: it takes too long
    for a transaction that others wait for.
    """

    proposal_ids: tuple[int, ...]
    reviewers_per_case: int
    seed: int
    suggested: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """Another person for one place of a plan (割当案の修正); None for nobody."""

    version: int
    proposal_id: int
    slot: int
    reviewer_id: int | None


def authorize_planning(actor: User) -> None:
    """Refuse who is no lead. Raises NotAllowed."""
    if not actor.has_role(Role.LEAD):
        raise NotAllowed(LEAD_ONLY)


def get_plan(actor: User, plan_id: int) -> AssignmentPlan:
    """Return a plan of the actor's own (割当案). Raises NotFound: nobody reads another's draft."""
    authorize_planning(actor)
    found = db.session.get(AssignmentPlan, plan_id)
    if found is None or found.created_by_id != actor.id:
        raise NotFound(NOT_FOUND)
    return found


def draft_of(actor: User, round_: Round) -> AssignmentPlan | None:
    """Return the actor's plan of a round that has no effect yet (作りかけの割当案)."""
    return db.session.scalars(
        select(AssignmentPlan).where(
            AssignmentPlan.created_by_id == actor.id,
            AssignmentPlan.round_id == round_.id,
            AssignmentPlan.stage == PlanStage.DRAFT,
        )
    ).one_or_none()


def make_plan(round_: Round, command: MakePlan, *, actor: User) -> AssignmentPlan:
    """Work out a plan and keep it as a draft (割当案の作成), in place of the one before.

    Nothing takes effect. Raises NotAllowed, and InvalidInput for no cases, and for cases that do
    not wait for reviewers any more.
    """
    authorize_planning(actor)
    if not 1 <= command.reviewers_per_case <= MOST_REVIEWERS:
        words = f"1件の担当者数は、1人から{MOST_REVIEWERS}人までです"
        raise InvalidInput({"reviewers_per_case": [words]})
    cases = _chosen_cases(round_, command.proposal_ids, actor)
    former = draft_of(actor, round_)
    if former is not None:
        discard_plan(former, former.version, actor=actor)
    plan = AssignmentPlan(
        round=round_,
        created_by_id=actor.id,
        created_at=clock.now(),
        reviewers_per_case=command.reviewers_per_case,
        seed=command.seed,
        rule_set=current_rule_set(),
        stage=PlanStage.DRAFT,
    )
    db.session.add(plan)
    db.session.flush()
    _compute(plan, cases, actor, suggested=command.suggested)
    _note("make", plan, actor, cases=len(cases))
    return plan


def change_row(plan: AssignmentPlan, command: ChangeRow, *, actor: User) -> None:
    """Put another person, or nobody, in one place of a draft (割当案の修正).

    A lead may go beyond a cap or an absence, never against a conflict of interest. Raises
    NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    check_draft(plan, command.version, actor=actor)
    rows = [row for row in plan.rows if row.proposal_id == command.proposal_id]
    row = next((row for row in rows if row.slot == command.slot), None)
    if row is None:
        raise InvalidInput({"reviewer_id": ["この案にない提案です。画面を開き直してください"]})
    desk = desk_of(actor, plan.round, [row.proposal])
    reviewer = next((one for one in desk.reviewers if one.user.id == command.reviewer_id), None)
    if command.reviewer_id is not None and reviewer is None:
        raise InvalidInput({"reviewer_id": ["担当者を一覧から選んでください"]})
    if reviewer is not None:
        others = {other.reviewer_id for other in rows if other is not row}
        _check_choice(desk.obstacle(reviewer, row.proposal), reviewer.user, others)
    row.reviewer_id = command.reviewer_id
    row.why = CHOSEN_BY_HAND if reviewer else "総括が空けました"
    _touch(plan)
    _note("change", plan, actor, proposal_id=row.proposal_id, reviewer_id=command.reviewer_id)


def discard_plan(plan: AssignmentPlan, version: int, *, actor: User) -> None:
    """Throw a draft away (割当案の破棄). Raises NotAllowed, StaleVersion, IllegalTransition."""
    check_draft(plan, version, actor=actor)
    plan.stage = PlanStage.DISCARDED
    plan.decided_at = clock.now()
    _note("discard", plan, actor)


def check_draft(plan: AssignmentPlan, version: int, *, actor: User) -> None:
    """Lock a plan and refuse one that is not one's own, was changed, or is no draft any more.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_planning(actor)
    if plan.created_by_id != actor.id:
        raise NotAllowed(LEAD_ONLY)
    db.session.refresh(plan, with_for_update={"of": AssignmentPlan})
    if plan.stage is not PlanStage.DRAFT:
        raise IllegalTransition(NOT_A_DRAFT)
    if plan.version != version:
        raise StaleVersion(STALE_MESSAGE)


def recompute(plan: AssignmentPlan, *, actor: User) -> None:
    """Work a draft out anew for the cases that still wait (割当案の計算し直し); what was chosen
    by hand stays where it can."""
    planned = {row.proposal_id for row in plan.rows}
    cases = [row for row in cases_to_assign(actor, plan.round) if row.id in planned]
    kept = _kept_by_hand(plan, cases, actor)
    suggested = {row.proposal_id: row.suggested_key for row in plan.rows}
    plan.rule_set = current_rule_set()
    _compute(plan, cases, actor, suggested=suggested, kept=kept)
    _note("recompute", plan, actor, cases=len(cases))


def _kept_by_hand(plan: AssignmentPlan, cases: Sequence[Proposal], actor: User) -> dict[Slot, User]:
    desk = desk_of(actor, plan.round, cases)
    people = {row.user.id: row for row in desk.reviewers}
    by_id = {case.id: case for case in cases}
    return {
        (row.proposal_id, row.slot): people[row.reviewer_id].user
        for row in plan.rows
        if row.why == CHOSEN_BY_HAND
        and row.proposal_id in by_id
        and row.reviewer_id in people
        and desk.obstacle(people[row.reviewer_id], by_id[row.proposal_id]) != CONFLICTED
    }


def _chosen_cases(round_: Round, proposal_ids: Sequence[int], actor: User) -> list[Proposal]:
    waiting = {proposal.id: proposal for proposal in cases_to_assign(actor, round_)}
    wanted = dict.fromkeys(proposal_ids)
    if not wanted:
        raise InvalidInput({"proposal_ids": ["割り当てる提案を1件以上選んでください"]})
    gone = [id_ for id_ in wanted if id_ not in waiting]
    if gone:
        words = f"選んだ提案のうち{len(gone)}件は、もう割当待ちではありません。選び直してください"
        raise InvalidInput({"proposal_ids": [words]})
    return [waiting[id_] for id_ in wanted]


def _compute(
    plan: AssignmentPlan,
    cases: Sequence[Proposal],
    actor: User,
    *,
    suggested: Mapping[int, str],
    kept: dict[Slot, User] | None = None,
) -> None:
    desk = desk_of(actor, plan.round, cases)
    places = plan_places(
        cases,
        desk,
        per_case=plan.reviewers_per_case,
        seed=plan.seed,
        kept=kept,
        suggested=suggested,
    )
    plan.rows.clear()
    # The new rows have the keys of the old ones: those must be gone first.
    db.session.flush()
    plan.rows.extend(_row(place, suggested) for place in places)
    _touch(plan)


def _row(place: PlannedPlace, suggested: Mapping[int, str]) -> AssignmentPlanRow:
    return AssignmentPlanRow(
        proposal_id=place.proposal.id,
        slot=place.slot,
        reviewer_id=place.reviewer.id if place.reviewer else None,
        why=place.why,
        case_version=place.proposal.version,
        suggested_key=suggested.get(place.proposal.id, ""),
    )


def _check_choice(obstacle: str, user: User, others: set[int | None]) -> None:
    if user.id in others:
        raise InvalidInput(
            {"reviewer_id": [f"{user.display_name}は、この提案の担当にすでに入っています"]}
        )
    if obstacle == CONFLICTED:
        raise InvalidInput(
            {"reviewer_id": [f"{user.display_name}は利益相反があるため担当にできません"]}
        )


def _touch(plan: AssignmentPlan) -> None:
    """Make a new version of a plan of which only rows changed (P05)."""
    flag_modified(plan, "seed")
    db.session.flush()


def _note(act: str, plan: AssignmentPlan, actor: User, **changes: object) -> None:
    db.session.flush()
    subject = Subject(type="assignment_plan", id=plan.id, version=plan.version)
    record(f"assignment_plan.{act}", subject, actor=actor, changes=changes)
