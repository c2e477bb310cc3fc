"""Writing a proposal (提案の入力)."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.content import problems_of
from app.proposals.forms.submitting import DiscardForm
from app.proposals.forms.writing import NewProposalForm, ProposalForm, form_values
from app.proposals.models import Proposal
from app.proposals.pages.addresses import check_url, edit_url, place_of
from app.proposals.pages.parts import (
    deadline_of,
    is_discardable,
    is_editable,
    offered_rounds,
    side_of,
)
from app.proposals.pages.writing import form_page
from app.proposals.queries import BODY_ROLES, get_visible, get_visible_by_id
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services import drafts
from app.rounds.queries import list_rounds
from app.workflow.states import State

# Value of the button that goes on to the last check; any other one only saves.
CHECK_STEP = "check"


@blueprint.route("/proposals/new", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def new() -> Answer:
    """Start a draft (新しい提案): the form is shown empty, the first saving makes the draft."""
    actor = current_actor()
    rounds = offered_rounds(actor, request.values.get("round", ""))
    if not rounds:
        return _no_round(actor)
    form = NewProposalForm(rounds=rounds)
    round_ = next((row for row in rounds if row.key == form.round.data), rounds[0])
    if form.validate_on_submit():
        try:
            with unit_of_work():
                proposal = drafts.start_draft(round_, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            return _after_saving(proposal, form, actor)
    return form_page(form, round_, actor), 422 if form.is_submitted() else 200


def _no_round(actor: User) -> str:
    rounds = list(db.session.scalars(list_rounds()))
    return render_template(
        "proposals/no_round.html",
        upcoming=[row for row in reversed(rounds) if not row.has_opened()],
        closed=[
            (row, deadline_of(row, actor.organization_id)) for row in rounds if row.has_opened()
        ],
    )


@blueprint.route("/proposals/drafts/<int:proposal_id>", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def edit_draft(proposal_id: int) -> Answer:
    """Go on with a draft (下書きの編集)."""
    actor = current_actor()
    return _edit(get_visible_by_id(actor, proposal_id), actor, State.DRAFT)


@blueprint.route("/proposals/<receipt_number>/edit", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def edit_returned(receipt_number: str) -> Answer:
    """Correct a returned proposal (差戻しの補正)."""
    actor = current_actor()
    return _edit(get_visible(actor, receipt_number), actor, State.RETURNED)


def _edit(proposal: Proposal, actor: User, state: State) -> Answer:
    if request.method == "GET" and not (proposal.state is state and is_editable(proposal)):
        return redirect(place_of(proposal))
    form = ProposalForm(data=form_values(proposal))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                drafts.edit_proposal(
                    proposal, form.to_command(), version=form.expected_version(), actor=actor
                )
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            return _after_saving(proposal, form, actor)
    if not form.is_submitted():
        form.version.data = str(proposal.version)
        return form_page(form, proposal.round, actor, proposal)
    return form_page(form, proposal.round, actor, proposal), 422


def _after_saving(proposal: Proposal, form: ProposalForm, actor: User) -> Answer:
    if request.form.get("step") != CHECK_STEP:
        flash("保存しました。まだ提出していません。", "status")
        return redirect(edit_url(proposal))
    problems = problems_of(proposal)
    if not problems:
        flash("保存しました。内容を確かめて、提出してください。", "status")
        return redirect(check_url(proposal))
    form.version.data = str(proposal.version)
    form.add_errors(problems)
    return form_page(form, proposal.round, actor, proposal, is_saved=True), 422


@blueprint.route("/proposals/drafts/<int:proposal_id>/discard", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def discard_draft(proposal_id: int) -> Answer:
    """Delete a draft that was never submitted, after asking (下書きの削除)."""
    actor = current_actor()
    proposal = get_visible_by_id(actor, proposal_id)
    if request.method == "GET" and not is_discardable(proposal):
        return redirect(place_of(proposal))
    form = DiscardForm()
    if form.validate_on_submit():
        with unit_of_work():
            drafts.discard_draft(proposal, version=form.expected_version(), actor=actor)
        flash("下書きを削除しました。", "status")
        return redirect(url_for("casework.index"))
    form.version.data = str(proposal.version)
    side = side_of(proposal.round, actor, proposal)
    page = render_template("proposals/discard.html", form=form, proposal=proposal, side=side)
    return page, 422 if form.is_submitted() else 200
