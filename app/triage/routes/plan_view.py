"""What a page shows of a plan of assignment (割当案の画面): rows, and load before and after."""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.triage.loads import open_case_counts
from app.triage.models import AssignmentPlan, AssignmentPlanRow, PlanStage
from app.triage.queries import reviewers
from app.triage.reviewers import profile_of
from app.triage.routes.case import case_url


class PlanRow(NamedTuple):
    """One place of a plan (割当案の行)."""

    row: AssignmentPlanRow
    url: str
    is_first: bool


class PlanLoad(NamedTuple):
    """Load of one person before and after a plan (割当の前と後)."""

    user: User
    before: int
    added: int
    after: int
    cap: int | None

    @property
    def is_over(self) -> bool:
        """Whether the person comes to have more than the cap (上限の超過)."""
        return self.cap is not None and self.added > 0 and self.after > self.cap


def plan_rows(plan: AssignmentPlan, actor: User) -> list[PlanRow]:
    """Places of a plan, case by case in the order of their numbers, as far as one may know."""
    cases = {
        case.id: case
        for case in db.session.scalars(
            select(Proposal).where(
                Proposal.id.in_({row.proposal_id for row in plan.rows}), visible_to(actor)
            )
        )
    }
    rows = sorted(
        (row for row in plan.rows if row.proposal_id in cases),
        key=lambda row: (cases[row.proposal_id].receipt_sequence or 0, row.proposal_id, row.slot),
    )
    return [PlanRow(row, case_url(cases[row.proposal_id]), row.slot == 1) for row in rows]


def plan_loads(plan: AssignmentPlan, actor: User) -> list[PlanLoad]:
    """Load of everybody before and after (手持ちの前後); once published, after is what is now."""
    now = open_case_counts(actor, plan.round)
    shown = plan_rows(plan, actor)
    added = Counter(row.row.reviewer_id for row in shown if row.row.reviewer_id is not None)
    is_done = plan.stage is PlanStage.PUBLISHED
    return [
        _load(user, now.get(user.id, 0) - (added[user.id] if is_done else 0), added[user.id])
        for user in db.session.scalars(reviewers())
    ]


def _load(user: User, before: int, added: int) -> PlanLoad:
    profile = profile_of(user)
    return PlanLoad(user, before, added, before + added, profile.cap if profile else None)
