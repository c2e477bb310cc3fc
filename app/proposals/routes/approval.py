"""Sign-off inside the proposing body (決裁): asked for from the last check, decided on its page."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.forms.approval import (
    AskApprovalForm,
    DecideApprovalForm,
    WithdrawApprovalForm,
)
from app.proposals.forms.submitting import SubmitForm
from app.proposals.models import ApprovalRequest
from app.proposals.pages.addresses import check_url
from app.proposals.pages.attachments import current_views
from app.proposals.pages.parts import deadline_of, lines_of
from app.proposals.policy import can_approve, can_edit
from app.proposals.queries import BODY_ROLES, get_own_by_id
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.routes.submitting import checked
from app.proposals.services import approval as services
from app.proposals.sharing.approvals import get_approval
from app.proposals.sharing.partners import partners_of
from app.workflow.states import State

# Values of the buttons under the text.
APPROVE, SUBMIT, DECLINE = "approve", "submit", "decline"


@blueprint.post("/proposals/drafts/<int:proposal_id>/approval")
@roles(*BODY_ROLES)
def ask_approval(proposal_id: int) -> Answer:
    """Ask for approval of a complete proposal (決裁を求める)."""
    actor = current_actor()
    proposal = get_own_by_id(actor, proposal_id)
    form = AskApprovalForm()
    if form.validate():
        try:
            with unit_of_work():
                services.ask_approval(proposal, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("決裁を求めました。決裁する人のホームに出ています。", "status")
            return redirect(check_url(proposal))
    return checked(proposal, actor, SubmitForm(formdata=None), ask_form=form), 422


@blueprint.route("/approvals/<int:approval_id>", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def approval(approval_id: int) -> Answer:
    """Read the text and approve or decline (決裁), or look what was decided."""
    actor = current_actor()
    asked = get_approval(actor, approval_id)
    form = DecideApprovalForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                _decide(asked, form, actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            return _after_deciding(asked)
    if not form.is_submitted():
        form.version.data = str(asked.proposal.version)
    return _approval_page(asked, actor, form), 422 if form.is_submitted() else 200


def _decide(asked: ApprovalRequest, form: DecideApprovalForm, actor: User) -> None:
    step = request.form.get("step")
    if step == SUBMIT:
        services.approve_and_submit(asked, form.to_command(), actor=actor)
    elif step == APPROVE:
        services.approve(asked, form.to_command(), actor=actor)
    elif step == DECLINE:
        services.decline(asked, form.to_command(), actor=actor)
    else:
        raise InvalidInput({"step": ["承認するか差し戻すかのボタンを押してください"]})


def _after_deciding(asked: ApprovalRequest) -> Answer:
    step = request.form.get("step")
    if step == SUBMIT:
        number = asked.proposal.receipt_number
        return redirect(url_for("proposals.receipt", receipt_number=number))
    if step == APPROVE:
        flash("承認しました。まだ提出していません。管理者が確認の画面から提出できます。", "status")
        return redirect(check_url(asked.proposal))
    flash("起案した人に差し戻しました。理由は確認の画面に出ています。", "status")
    return redirect(url_for("dashboard.home"))


def _approval_page(asked: ApprovalRequest, actor: User, form: DecideApprovalForm) -> str:
    proposal = asked.proposal
    deadline = deadline_of(proposal.round, proposal.organization_id)
    can_decide = asked.decision is None and can_approve(actor, proposal, asked)
    return render_template(
        "proposals/approval.html",
        form=form,
        asked=asked,
        proposal=proposal,
        lines=lines_of(proposal),
        files=current_views(proposal),
        partners=partners_of(proposal),
        check_url=check_url(proposal),
        can_decide=can_decide,
        can_take_back=asked.decision is None and not can_decide and can_edit(actor, proposal),
        can_submit_now=proposal.state is State.RETURNED or deadline.is_open,
    )


@blueprint.post("/approvals/<int:approval_id>/withdraw")
@roles(*BODY_ROLES)
def withdraw_approval(approval_id: int) -> Answer:
    """Take the request back, to go on writing (決裁の依頼の取下げ)."""
    actor = current_actor()
    asked = get_approval(actor, approval_id)
    form = WithdrawApprovalForm()
    with unit_of_work():
        services.withdraw_approval(asked, version=form.expected_version(), actor=actor)
    flash("決裁の依頼を取り下げました。内容を編集できます。", "status")
    return redirect(check_url(asked.proposal))
