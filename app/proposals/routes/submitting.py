"""Checking a last time and submitting (確認・提出)."""

from flask import redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.attachment_queries import submitted_attachments
from app.proposals.forms.approval import AskApprovalForm
from app.proposals.forms.base import VersionForm
from app.proposals.forms.submitting import RequestLateForm, SubmitForm
from app.proposals.models import Proposal
from app.proposals.pages.addresses import place_of
from app.proposals.pages.attachments import views_of
from app.proposals.pages.checking import check_page
from app.proposals.pages.parts import deadline_of, lines_of
from app.proposals.pages.sign_off import signers_of
from app.proposals.queries import BODY_ROLES, get_own, get_own_by_id, revisions_of
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services.readiness import OBSTACLES
from app.proposals.services.submission import submit
from app.proposals.sharing.partners import accepted_partners_of
from app.workflow.states import State


@blueprint.route("/proposals/drafts/<int:proposal_id>/check", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def check_draft(proposal_id: int) -> Answer:
    """Check a draft a last time and submit it (確認・提出)."""
    actor = current_actor()
    return _check(get_own_by_id(actor, proposal_id), actor, State.DRAFT)


@blueprint.route("/proposals/<receipt_number>/check", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def check_returned(receipt_number: str) -> Answer:
    """Check the correction and submit it again (補正の確認・再提出)."""
    actor = current_actor()
    return _check(get_own(actor, receipt_number), actor, State.RETURNED)


def _check(proposal: Proposal, actor: User, state: State) -> Answer:
    if request.method == "GET" and proposal.state is not state:
        return redirect(place_of(proposal))
    form = SubmitForm()
    if not form.validate_on_submit():
        return checked(proposal, actor, form), 422 if form.is_submitted() else 200
    try:
        with unit_of_work():
            submit(proposal, form.to_command(), actor=actor)
    except InvalidInput as error:
        # The page itself lists what is missing, each with the way to its field.
        form.add_errors({name: error.errors[name] for name in OBSTACLES if name in error.errors})
        return checked(proposal, actor, form), 422
    return redirect(url_for("proposals.receipt", receipt_number=proposal.receipt_number))


def checked(
    proposal: Proposal, actor: User, form: VersionForm, ask_form: AskApprovalForm | None = None
) -> str:
    """Render the page of the last check, after the end with the form of a late submission.

    `ask_form` is a request for approval (決裁の依頼) that was refused.
    """
    is_late = proposal.state is State.DRAFT and not _is_round_open(proposal)
    if is_late and isinstance(form, SubmitForm):
        form = RequestLateForm(formdata=None)
    form.version.data = str(proposal.version)
    return check_page(proposal, actor, form, ask_form)


def _is_round_open(proposal: Proposal) -> bool:
    return deadline_of(proposal.round, proposal.organization_id).is_open


@blueprint.get("/proposals/<receipt_number>/receipt")
@roles(*BODY_ROLES)
def receipt(receipt_number: str) -> str:
    """Confirm the receipt (受付の控え): number, instant, what comes next."""
    proposal = get_own(current_actor(), receipt_number)
    revisions = revisions_of(proposal)
    return render_template(
        "proposals/receipt.html",
        proposal=proposal,
        revisions=revisions,
        submitter=db.session.get_one(User, revisions[-1].submitted_by_id),
        signers=signers_of(revisions[-1]),
        partners=accepted_partners_of(proposal),
        files=views_of(submitted_attachments(proposal)[-1], proposal.round),
        lines=lines_of(proposal),
    )
