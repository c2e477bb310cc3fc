"""Moving a candidate, its dates, its reports (対象候補の進行)."""

from typing import Any

from flask import flash, render_template

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.candidates.forms.course import DatesForm, MoveForm, ProgressForm
from app.candidates.models import Candidate
from app.candidates.pages import candidate_page
from app.candidates.policy import authorize_move, authorize_report
from app.candidates.queries import get_visible_candidate, milestones_of
from app.candidates.routes.blueprint import DESK, Answer, blueprint
from app.candidates.routes.lists import back_to
from app.candidates.services.course import (
    PROVISIONAL,
    plan_dates,
    report_progress,
    states_to_plan,
)
from app.candidates.services.course import move as move_on
from app.core.access import roles
from app.core.errors import IllegalTransition
from app.core.forms import JaForm
from app.triage.routes.case import carried_out
from app.workflow.candidates import CANDIDATE_STATE_LABELS, candidate_states_from

AT_THE_END = "この対象候補には、次の状態がありません。"
NOTHING_AHEAD = "この対象候補には、予定日を決める節目がありません。"


@blueprint.route("/candidates/<int:candidate_id>/move", methods=["GET", "POST"])
@roles(Role.LEAD)
def move(candidate_id: int) -> Answer:
    """Move a candidate to its next state (対象候補を進める)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_move(actor, candidate)
    targets = candidate_states_from(candidate.state)
    if not targets:
        raise IllegalTransition(AT_THE_END)
    if candidate.is_provisional:
        raise IllegalTransition(PROVISIONAL)
    form = MoveForm(targets=targets, version=candidate.version)
    if carried_out(form, lambda: move_on(candidate, form.to_command(), actor=actor)):
        label = CANDIDATE_STATE_LABELS[candidate.state]
        return back_to(candidate, f"「{candidate.name}」を「{label}」に進めました。")
    return _page("candidates/move.html", candidate, form)


@blueprint.route("/candidates/<int:candidate_id>/dates", methods=["GET", "POST"])
@roles(Role.LEAD)
def dates(candidate_id: int) -> Answer:
    """Plan when the states ahead shall be reached (節目の予定日)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_move(actor, candidate)
    states = states_to_plan(candidate)
    if not states:
        raise IllegalTransition(NOTHING_AHEAD)
    form = DatesForm(states=states, version=candidate.version)
    if not form.is_submitted():
        rows = milestones_of([candidate.id]).get(candidate.id, [])
        form.show({row.state: row.planned_on for row in rows})
    warnings: list[str] = []
    if carried_out(
        form, lambda: warnings.extend(plan_dates(candidate, form.to_command(), actor=actor))
    ):
        _warn(warnings)
        return back_to(candidate, f"「{candidate.name}」の予定日を変えました。")
    return _page("candidates/dates.html", candidate, form)


@blueprint.route("/candidates/<int:candidate_id>/progress-reports/new", methods=["GET", "POST"])
@roles(*DESK, Role.MINISTRY_COORDINATOR)
def report(candidate_id: int) -> Answer:
    """Report on the progress after an agreement (進捗報告)."""
    actor = current_actor()
    candidate = get_visible_candidate(actor, candidate_id)
    authorize_report(actor, candidate)
    form = ProgressForm()
    warnings: list[str] = []
    if carried_out(
        form, lambda: warnings.extend(report_progress(candidate, form.to_command(), actor=actor))
    ):
        _warn(warnings)
        return back_to(candidate, f"「{candidate.name}」の進捗を報告しました。")
    return _page("candidates/report.html", candidate, form)


def _warn(warnings: list[str]) -> None:
    for words in warnings:
        flash(f"{words}このままでよいか確かめてください。", "warning")


def _page(template: str, candidate: Candidate, form: JaForm, **more: Any) -> Answer:
    page = render_template(
        template,
        candidate=candidate,
        page=candidate_page(candidate, current_actor()),
        form=form,
        **more,
    )
    return page, 422 if form.errors or form.form_errors else 200
