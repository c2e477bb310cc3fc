"""Writing a plan (方針の記入): begin it, texts, costs, schedule.

Whoever saves second is shown what stands there now, with what they typed still in the form: a
cost table is nothing to be typed twice.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, request

from app.accounts.current import current_actor
from app.candidates.queries import get_visible_candidate
from app.core.access import roles
from app.core.errors import IllegalTransition, NotFound, StaleVersion
from app.core.forms import JaForm
from app.plans.content import present_content
from app.plans.cost_table import cost_table
from app.plans.costs import comparison_from_json
from app.plans.forms.acts import RemoveTaskForm, StartForm, TaskForm, TextForm
from app.plans.forms.costs import CostsForm, form_values
from app.plans.models import PlanSection
from app.plans.outline import COSTS_KEY, SCHEDULE_KEY, Part, PlanHeading, written_headings
from app.plans.policy import DESK_ROLES, MINISTRY_ROLES, authorize_start, authorize_write
from app.plans.queries import plan_of
from app.plans.routes.blueprint import blueprint
from app.plans.routes.frame import (
    Answer,
    Opened,
    act_page,
    carried_out,
    head_of,
    open_plan,
    plan_url,
)
from app.plans.schedule import Task, quarters_from
from app.plans.services.start import THERE_IS_ONE, start_plan, years_offered
from app.plans.services.write import TASK_GONE, remove_task, write_costs, write_task, write_text
from app.proposals.forms.base import VersionForm


@blueprint.route("/candidates/<int:candidate_id>/plan/start", methods=["GET", "POST"])
@roles(*MINISTRY_ROLES, *DESK_ROLES)
def start(candidate_id: int) -> Answer:
    """Begin the plan of a candidate (作成の開始)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_start(actor, candidate)
    if plan_of(candidate) is not None:
        raise IllegalTransition(THERE_IS_ONE)
    form = StartForm(years=years_offered())
    if carried_out(form, lambda: start_plan(candidate, form.to_command(), actor=actor)):
        flash("方針の作成を始めました。項目ごとに書いて保存してください。", "success")
        return redirect(plan_url(candidate_id))
    page = render_template("plans/start.html", head=head_of(candidate, None, [], ""), form=form)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/candidates/<int:candidate_id>/plan/sections/<key>", methods=["GET", "POST"])
@roles(*MINISTRY_ROLES)
def section(candidate_id: int, key: str) -> Answer:
    """Write the text under a heading (本文の記入)."""
    opened = _open(candidate_id)
    heading = _text_heading(opened, key)
    row = opened.plan.section(key)
    form = TextForm(version=row.version, text=row.text)
    is_done, newer = _saved(
        form,
        lambda: write_text(opened.plan, key, form.to_command(), actor=opened.actor),
        opened,
        key,
    )
    if is_done:
        flash(f"「{heading.words}」を保存しました。", "success")
        return redirect(f"{plan_url(candidate_id)}#section-{key}")
    return _page("plans/section.html", opened, form, newer, heading=heading)


@blueprint.route("/candidates/<int:candidate_id>/plan/costs", methods=["GET", "POST"])
@roles(*MINISTRY_ROLES)
def costs(candidate_id: int) -> Answer:
    """Write the comparison of costs (費用の比較の記入)."""
    opened = _open(candidate_id)
    row = opened.plan.section(COSTS_KEY)
    form = CostsForm(version=row.version, **form_values(comparison_from_json(row.data)))
    is_done, newer = _saved(
        form,
        lambda: write_costs(opened.plan, form.to_command(), actor=opened.actor),
        opened,
        COSTS_KEY,
    )
    if is_done:
        flash("費用の比較を保存し、総額を算定しました。", "success")
        return redirect(f"{plan_url(candidate_id)}#section-{COSTS_KEY}")
    table = cost_table(comparison_from_json(newer.data)) if newer else None
    return _page("plans/costs.html", opened, form, newer, newer_table=table)


@blueprint.route("/candidates/<int:candidate_id>/plan/schedule/new", methods=["GET", "POST"])
@roles(*MINISTRY_ROLES)
def new_task(candidate_id: int) -> Answer:
    """Add a row to the schedule (工程の追加)."""
    return _task_page(candidate_id, None)


@blueprint.route(
    "/candidates/<int:candidate_id>/plan/schedule/<int:number>", methods=["GET", "POST"]
)
@roles(*MINISTRY_ROLES)
def edit_task(candidate_id: int, number: int) -> Answer:
    """Change a row of the schedule (工程の変更)."""
    return _task_page(candidate_id, number)


@blueprint.post("/candidates/<int:candidate_id>/plan/schedule/<int:number>/remove")
@roles(*MINISTRY_ROLES)
def delete_task(candidate_id: int, number: int) -> Answer:
    """Take a row out of the schedule (工程の削除)."""
    opened = _open(candidate_id)
    form = RemoveTaskForm()
    if carried_out(
        form, lambda: remove_task(opened.plan, form.to_command(number), actor=opened.actor)
    ):
        flash("工程を削除しました。", "success")
    return redirect(f"{plan_url(candidate_id)}#section-{SCHEDULE_KEY}")


def _task_page(candidate_id: int, number: int | None) -> Answer:
    opened = _open(candidate_id)
    row = opened.plan.section(SCHEDULE_KEY)
    task = _task(opened, number)
    form = TaskForm(
        quarters=quarters_from(opened.plan.fiscal_year), version=row.version, **_task_values(task)
    )
    is_done, newer = _saved(
        form,
        lambda: write_task(opened.plan, form.to_command(number), actor=opened.actor),
        opened,
        SCHEDULE_KEY,
    )
    if is_done:
        flash(f"工程「{form.name.data}」を保存しました。", "success")
        return redirect(f"{plan_url(candidate_id)}#section-{SCHEDULE_KEY}")
    tasks = present_content(opened.plan).tasks if newer else ()
    return _page(
        "plans/task.html", opened, form, newer, number=number, task=task, newer_tasks=tasks
    )


def _open(candidate_id: int) -> Opened:
    opened = open_plan(candidate_id)
    authorize_write(opened.actor, opened.plan)
    return opened


def _saved(
    form: VersionForm, work: Callable[[], object], opened: Opened, key: str
) -> tuple[bool, PlanSection | None]:
    """Whether the form was carried out, and the newer section when another person came first."""
    try:
        return carried_out(form, work), None
    except StaleVersion:
        newer = opened.plan.section(key)
        # Saving again is a decision then: what stands there now is shown beside.
        form.version.data = str(newer.version)
        return False, newer


def _page(
    template: str, opened: Opened, form: JaForm, newer: PlanSection | None, **context: object
) -> Answer:
    answer = act_page(template, opened, form, newer=newer, **context)
    if newer is None or not isinstance(answer, tuple):
        return answer
    return answer[0], 409


def _text_heading(opened: Opened, key: str) -> PlanHeading:
    for row in written_headings(opened.plan.outline_edition):
        if row.key == key and row.part is Part.TEXT:
            return row
    raise NotFound


def _task(opened: Opened, number: int | None) -> Task | None:
    """The row that is changed; gone when another person removed it meanwhile."""
    if number is None:
        return None
    tasks = present_content(opened.plan).tasks
    if 1 <= number <= len(tasks):
        return tasks[number - 1]
    if request.method == "POST":
        raise IllegalTransition(TASK_GONE)
    raise NotFound


def _task_values(task: Task | None) -> dict[str, str]:
    if task is None:
        return {}
    values = {"name": task.name}
    for span in task.spans:
        values[f"{span.stage.value}_start"] = span.start.key
        values[f"{span.stage.value}_end"] = span.end.key
    return values
