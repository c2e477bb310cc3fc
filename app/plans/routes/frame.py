"""What the pages of a plan share (方針の画面の共通部分): opening it, its head, its tabs."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.candidates.models import Candidate
from app.candidates.printing import print_ministries
from app.candidates.queries import get_visible_candidate
from app.core.errors import InvalidInput
from app.core.forms import JaForm
from app.core.unit_of_work import unit_of_work
from app.plans.chart import chart
from app.plans.content import PlanContent
from app.plans.cost_table import cost_table
from app.plans.labels import STATUS_BADGES, Badge
from app.plans.models import Plan, PlanStatus, PlanVersion
from app.plans.policy import can_read_working_text
from app.plans.queries import get_plan, versions_of
from app.proposals.presentation import Due, due_on

Answer = str | Response | tuple[str, int]


class Opened(NamedTuple):
    """A plan and who opened it (開いた方針)."""

    actor: User
    candidate: Candidate
    plan: Plan
    versions: list[PlanVersion]


class PlanHead(NamedTuple):
    """What stands above every page of a plan (方針の見出し)."""

    candidate: Candidate
    ministries: str
    badge: Badge | None
    due: Due | None
    tabs: list[dict[str, Any]]


def open_plan(candidate_id: int) -> Opened:
    """The plan of a candidate the actor may know of. Raises NotFound, also without a plan."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    plan = get_plan(candidate)
    return Opened(actor, candidate, plan, versions_of(plan))


def plan_url(candidate_id: int) -> str:
    """Address of the plan of a candidate."""
    return url_for("plans.show", candidate_id=candidate_id)


def head_of(
    candidate: Candidate, plan: Plan | None, versions: list[PlanVersion], tab: str
) -> PlanHead:
    """Put together the head of a page; the associations are not told how the writing stands."""
    badge, due = None, None
    if plan is not None:
        is_told = can_read_working_text(current_actor()) or plan.status is not PlanStatus.DRAFT
        badge = STATUS_BADGES[plan.status] if is_told else None
        due = due_on(plan.due_on) if is_told and plan.status is PlanStatus.DRAFT else None
    address: dict[str, Any] = {"candidate_id": candidate.id}
    said = sum(len(row.comments) for row in versions)
    tabs = [
        {
            "label": "方針",
            "url": url_for("plans.show", **address),
            "is_current": tab == "show",
        },
        {
            "label": "提出した版",
            "url": url_for("plans.versions", **address),
            "count": len(versions),
            "is_current": tab == "versions",
        },
        {
            "label": "意見と回答",
            "url": url_for("plans.comments", **address),
            "count": said,
            "is_current": tab == "comments",
        },
    ]
    return PlanHead(
        candidate, print_ministries(candidate.ministries), badge, due, tabs if plan else []
    )


def content_context(content: PlanContent) -> dict[str, Any]:
    """What the template of a content draws (内容の表示)."""
    return {
        "content": content,
        "costs": cost_table(content.costs),
        "chart": chart(content.tasks, content.fiscal_year),
    }


def carried_out(form: JaForm, work: Callable[[], object]) -> bool:
    """Do the work of a sent and valid form; put the refusals of the service at its fields."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work():
            work()
    except InvalidInput as error:
        form.add_errors(error.errors)
        return False
    return True


def act_page(template: str, opened: Opened, form: JaForm, **context: Any) -> Answer:
    """Render the page of one act: 422 when its form was sent and refused, else 200."""
    page = render_template(
        template,
        head=head_of(opened.candidate, opened.plan, opened.versions, ""),
        plan=opened.plan,
        form=form,
        **context,
    )
    return page, 422 if form.errors or form.form_errors else 200
