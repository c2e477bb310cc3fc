"""Submitting, deciding, revising a plan (方針の提出・承認・改定の画面)."""

from flask import flash, redirect, url_for

from app.accounts.models import Role
from app.core.access import roles
from app.plans.content import content_of, open_points, present_content
from app.plans.forms.acts import DECISION_HINTS, DecideForm, ReviseForm, SubmitForm
from app.plans.models import VersionDecision
from app.plans.policy import authorize_decide, authorize_revise, authorize_submit
from app.plans.queries import get_version
from app.plans.routes.blueprint import blueprint
from app.plans.routes.frame import Answer, act_page, carried_out, open_plan, plan_url
from app.plans.services.review import decide_plan, submit_plan
from app.plans.services.start import revise_plan


@blueprint.route("/candidates/<int:candidate_id>/plan/submit", methods=["GET", "POST"])
@roles(Role.MINISTRY_COORDINATOR)
def submit(candidate_id: int) -> Answer:
    """Submit the plan as a version (提出)."""
    opened = open_plan(candidate_id)
    authorize_submit(opened.actor, opened.plan)
    form = SubmitForm(version=opened.plan.version)
    if carried_out(form, lambda: submit_plan(opened.plan, form.to_command(), actor=opened.actor)):
        number = len(opened.versions) + 1
        flash(f"第{number}版を提出しました。事務局の総括の承認を待ちます。", "success")
        return redirect(plan_url(candidate_id))
    return act_page(
        "plans/submit.html",
        opened,
        form,
        lacking=open_points(present_content(opened.plan)),
        former=opened.versions[0] if opened.versions else None,
    )


@blueprint.route(
    "/candidates/<int:candidate_id>/plan/versions/<int:number>/decide", methods=["GET", "POST"]
)
@roles(Role.LEAD)
def decide(candidate_id: int, number: int) -> Answer:
    """Approve or return a version (承認・差戻し)."""
    opened = open_plan(candidate_id)
    version = get_version(opened.plan, number)
    authorize_decide(opened.actor, opened.plan, version)
    form = DecideForm(version=opened.plan.version)
    if carried_out(
        form,
        lambda: decide_plan(opened.plan, version, form.to_command(number), actor=opened.actor),
    ):
        is_approved = form.decision.data == VersionDecision.APPROVED
        flash(f"第{number}版を{'承認しました' if is_approved else '差し戻しました'}。", "success")
        return redirect(url_for("plans.version", candidate_id=candidate_id, number=number))
    unanswered = sum(row.answered_at is None for row in version.comments)
    return act_page(
        "plans/decide.html",
        opened,
        form,
        plan_version=version,
        hints=DECISION_HINTS,
        unanswered=unanswered,
        lacking=open_points(content_of(version)),
    )


@blueprint.route("/candidates/<int:candidate_id>/plan/revise", methods=["GET", "POST"])
@roles(Role.MINISTRY_COORDINATOR)
def revise(candidate_id: int) -> Answer:
    """Begin a new version of an approved plan (改定)."""
    opened = open_plan(candidate_id)
    authorize_revise(opened.actor, opened.plan)
    form = ReviseForm(version=opened.plan.version)
    if carried_out(form, lambda: revise_plan(opened.plan, form.to_command(), actor=opened.actor)):
        flash("新しい版の作成を始めました。承認された版はそのまま残ります。", "success")
        return redirect(plan_url(candidate_id))
    return act_page("plans/revise.html", opened, form)
