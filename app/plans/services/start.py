"""Beginning the plan of a candidate (方針の作成の開始), and a new version of it (改定)."""

from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.candidates.models import Candidate
from app.core import clock
from app.core.eras import fiscal_year, format_year
from app.core.errors import IllegalTransition
from app.extensions import db
from app.plans.models import Plan, PlanSection, PlanStatus
from app.plans.outline import PRESENT_EDITION, written_headings
from app.plans.policy import authorize_revise, authorize_start
from app.plans.queries import plan_of
from app.plans.services.trace import check_plan_version, keep_trace, refuse, text_problem

# A plan is due at the end of this fiscal year or of one of the next.
YEARS_OFFERED = 3
THERE_IS_ONE = "この候補の方針は、すでに作成が始まっています。画面を開き直してください。"


@dataclass(frozen=True, kw_only=True)
class StartPlan:
    """Begin the plan that is due at the end of a fiscal year (作成の開始)."""

    fiscal_year: int


@dataclass(frozen=True, kw_only=True)
class RevisePlan:
    """Open an approved plan again (改定の開始), and why."""

    version: int
    reason: str


def years_offered() -> list[int]:
    """Fiscal years a plan may be due in (期限の年度)."""
    this_year = fiscal_year(clock.today())
    return list(range(this_year, this_year + YEARS_OFFERED))


def end_of_fiscal_year(year: int) -> date:
    """Last day of a fiscal year (年度末): 31 March."""
    return date(year + 1, 3, 31)


def start_plan(candidate: Candidate, command: StartPlan, *, actor: User) -> Plan:
    """Begin a plan with empty sections (作成の開始); due on 31 March, an announced date.

    Raises NotAllowed, IllegalTransition when there is one already, InvalidInput.
    """
    authorize_start(actor, candidate)
    if plan_of(candidate) is not None:
        raise IllegalTransition(THERE_IS_ONE)
    if command.fiscal_year not in years_offered():
        first, last = years_offered()[0], years_offered()[-1]
        words = f"{format_year(first)}度から{format_year(last)}度までの年度を選んでください"
        refuse({"fiscal_year": [words]})
    plan = Plan(
        candidate=candidate,
        fiscal_year=command.fiscal_year,
        due_on=end_of_fiscal_year(command.fiscal_year),
        outline_edition=PRESENT_EDITION,
        status=PlanStatus.DRAFT,
        started_by_id=actor.id,
        started_at=clock.now(),
        sections=[
            PlanSection(key=row.key, text="", data={}) for row in written_headings(PRESENT_EDITION)
        ],
    )
    db.session.add(plan)
    keep_trace("start", plan, actor, due_on=plan.due_on.isoformat())
    return plan


def revise_plan(plan: Plan, command: RevisePlan, *, actor: User) -> None:
    """Open an approved plan for a new version (改定の開始); the approved one stays as it is.

    The new version is due at the end of the fiscal year it is begun in, not in a past one.
    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    check_plan_version(plan, command.version)
    authorize_revise(actor, plan)
    problem = text_problem("改定の理由", command.reason)
    refuse({"reason": [problem]} if problem else {})
    plan.status = PlanStatus.DRAFT
    plan.due_on = max(plan.due_on, end_of_fiscal_year(fiscal_year(clock.today())))
    keep_trace(
        "revise",
        plan,
        actor,
        from_state=PlanStatus.APPROVED.value,
        reason=command.reason,
        due_on=plan.due_on.isoformat(),
    )
