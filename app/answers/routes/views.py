"""The view of the body (見解): written and filed by it, or not waited for any longer."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.answers.forms.views import GoOnForm, ViewForm
from app.answers.policy import authorize_examine, authorize_view, can_file_view
from app.answers.queries import VIEW_NOT_ASKED
from app.answers.routes.blueprint import Answer, blueprint
from app.answers.services.views import VIEW_LIMIT, file_view, go_on_without_view, save_view
from app.answers.told import told_answer
from app.core.access import roles
from app.core.errors import NotFound
from app.handoffs.models import BodyView
from app.handoffs.queries import awaited_view
from app.proposals.models import Proposal
from app.proposals.presentation import state_badge
from app.proposals.queries import BODY_ROLES, get_visible
from app.triage.routes.case import carried_out, case_url

SAVE = "save"


@blueprint.route("/proposals/<receipt_number>/view", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def write_view(receipt_number: str) -> Answer:
    """Write the view and save or file it (見解)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_view(actor, proposal, files=False)
    view = _awaited(proposal)
    form = ViewForm(version=view.version, text=view.text)
    saves = SAVE in request.form
    act = save_view if saves else file_view
    if carried_out(form, lambda: act(view, form.to_command(), actor=actor)):
        flash(
            "見解を保存しました。まだ提出していません。"
            if saves
            else "見解を提出しました。事務局と回答した府省庁が読みます。",
            "status",
        )
        return redirect(request.path if saves else case_url(proposal))
    page = render_template(
        "answers/view.html",
        form=form,
        proposal=proposal,
        badge=state_badge(proposal, actor),
        answer=told_answer(proposal, actor),
        can_file=can_file_view(actor, proposal),
        limit=VIEW_LIMIT,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/proposals/<receipt_number>/view/go-on", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def go_on(receipt_number: str) -> Answer:
    """Stop waiting for the view (見解を待たずに進める)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_examine(actor, proposal)
    view = _awaited(proposal)
    form = GoOnForm(version=view.version)
    if carried_out(form, lambda: go_on_without_view(view, form.to_command(), actor=actor)):
        flash("見解を待たずに進めました。回答を確定するか、再検討を要請してください。", "status")
        return redirect(url_for("answers.overview", round=proposal.round.key))
    page = render_template("answers/go_on.html", form=form, proposal=proposal, view=view)
    return page, 422 if form.errors or form.form_errors else 200


def _awaited(proposal: Proposal) -> BodyView:
    view = awaited_view(proposal)
    if view is None:
        raise NotFound(VIEW_NOT_ASKED)
    return view
