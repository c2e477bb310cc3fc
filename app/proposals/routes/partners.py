"""Partners of a joint proposal (共同提案団体): named by the drafting body, answered by each."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.content import content_of
from app.proposals.forms.partners import (
    AnswerJointForm,
    AskPartnerForm,
    RemovePartnerForm,
    WithdrawConsentForm,
)
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from app.proposals.pages.addresses import check_url
from app.proposals.pages.parts import is_editable
from app.proposals.pages.shared_text import shared_lines
from app.proposals.policy import can_answer_joint
from app.proposals.presentation import state_badge
from app.proposals.queries import BODY_ROLES, get_own_by_id
from app.proposals.revision_changes import content_changes
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services import partners as services
from app.proposals.services.drafts import EDITABLE_STATES
from app.proposals.sharing.partners import (
    MOST_FOUND,
    ended_requests_to,
    find_local_governments,
    get_joint_request,
    get_own_partner,
    joint_requests_to,
    own_joint_proposals,
    partners_of,
)

ENDED_SHOWN = 20


@blueprint.route("/proposals/drafts/<int:proposal_id>/partners", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def partners(proposal_id: int) -> Answer:
    """Name the partners of a proposal (共同提案団体): search, ask, see the answers."""
    actor = current_actor()
    proposal = get_own_by_id(actor, proposal_id)
    form = AskPartnerForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                partner = services.ask_partner(proposal, form.to_command(), actor=actor)
                name = partner.organization.name
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{name}に共同提案を依頼しました。{name}の画面に出ています。", "status")
            return redirect(url_for("proposals.partners", proposal_id=proposal.id))
    form.version.data = str(proposal.version)
    return _partners_page(proposal, actor, form), 422 if form.is_submitted() else 200


def _partners_page(proposal: Proposal, actor: User, form: AskPartnerForm) -> str:
    words = request.args.get("q", "")
    found = find_local_governments(words)
    named = partners_of(proposal)
    busy = {row.organization_id for row in named if row.answer is not PartnerAnswer.DECLINED}
    return render_template(
        "proposals/partners.html",
        form=form,
        proposal=proposal,
        partners=named,
        q=words,
        found=[body for body in found if body.id not in {*busy, proposal.organization_id}],
        most_found=MOST_FOUND if len(found) == MOST_FOUND else 0,
        is_editable=is_editable(proposal),
        check_url=check_url(proposal),
    )


@blueprint.post("/joint/<int:partner_id>/remove")
@roles(*BODY_ROLES)
def remove_partner(partner_id: int) -> Answer:
    """Take a partner off the proposal (共同提案団体から外す)."""
    actor = current_actor()
    partner = get_own_partner(actor, partner_id)
    form = RemovePartnerForm()
    with unit_of_work():
        services.remove_partner(partner, version=form.expected_version(), actor=actor)
        name = partner.organization.name
    flash(f"{name}を共同提案団体から外しました。{name}には見えなくなりました。", "status")
    return redirect(url_for("proposals.partners", proposal_id=partner.proposal_id))


@blueprint.get("/joint")
@roles(*BODY_ROLES)
def joint() -> str:
    """List what the body was asked to join, and what it asked others for (共同提案)."""
    actor = current_actor()
    asked = joint_requests_to(actor)
    return render_template(
        "proposals/joint.html",
        waiting=[row for row in asked if row.answer is PartnerAnswer.WAITING],
        accepted=[
            (row, state_badge(row.proposal, actor))
            for row in asked
            if row.answer is PartnerAnswer.ACCEPTED
        ],
        ended=ended_requests_to(actor, ENDED_SHOWN),
        own=[(row, named, check_url(row)) for row, named in own_joint_proposals(actor)],
    )


@blueprint.route("/joint/<int:partner_id>", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def joint_request(partner_id: int) -> Answer:
    """Read a proposal one was asked to join, and answer (共同提案の回答)."""
    actor = current_actor()
    partner = get_joint_request(actor, partner_id)
    form = AnswerJointForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.answer_joint(partner, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            return _after_answer(partner)
    if not form.is_submitted():
        form.version.data = str(partner.proposal.version)
    status = 422 if form.is_submitted() else 200
    return _joint_page(partner, actor, form, WithdrawConsentForm(formdata=None)), status


@blueprint.post("/joint/<int:partner_id>/withdraw")
@roles(*BODY_ROLES)
def withdraw_consent(partner_id: int) -> Answer:
    """Take the consent back before the submission (同意の取消し)."""
    actor = current_actor()
    partner = get_joint_request(actor, partner_id)
    form = WithdrawConsentForm()
    if form.validate():
        try:
            with unit_of_work():
                services.withdraw_consent(
                    partner,
                    form.withdrawal_reason.data or "",
                    version=form.expected_version(),
                    actor=actor,
                )
        except InvalidInput as error:
            form.add_errors({"withdrawal_reason": error.errors["reason"]})
        else:
            return _after_answer(partner)
    return _joint_page(partner, actor, AnswerJointForm(formdata=None), form), 422


def _after_answer(partner: CoProposer) -> Answer:
    if partner.answer is PartnerAnswer.ACCEPTED:
        flash("共同提案に同意しました。依頼した団体の画面に出ています。", "status")
        return redirect(url_for("proposals.joint_request", partner_id=partner.id))
    flash("同意しないと答えました。理由は依頼した団体の画面に出ています。", "status")
    return redirect(url_for("proposals.joint"))


def _joint_page(
    partner: CoProposer, actor: User, form: AnswerJointForm, leaving: WithdrawConsentForm
) -> str:
    proposal = partner.proposal
    if not leaving.is_submitted():
        leaving.version.data = str(proposal.version)
    before = partner.accepted_content
    return render_template(
        "proposals/joint_request.html",
        # The form that was sent names the page an error.
        form=leaving if leaving.errors else form,
        answer_form=form,
        leaving_form=leaving,
        partner=partner,
        proposal=proposal,
        badge=state_badge(proposal, actor),
        lines=shared_lines(proposal),
        changes=content_changes(proposal.round, before, content_of(proposal), sees_inner=False)
        if before
        else [],
        can_answer=can_answer_joint(actor, partner),
        can_leave=can_answer_joint(actor, partner) and proposal.state in EDITABLE_STATES,
    )
