"""Amendments after the submission (変更の申出): written, checked, sent, decided."""

from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.posted_form import NOT_CONTENT
from app.core.unit_of_work import unit_of_work
from app.proposals.content import content_of
from app.proposals.forms.amendments import (
    AmendmentReasonForm,
    DecideAmendmentForm,
    WithdrawAmendmentForm,
)
from app.proposals.forms.writing import ProposalForm, form_values, proposal_form
from app.proposals.models import Amendment, Proposal
from app.proposals.pages.fields import field_views
from app.proposals.policy import can_decide_amendment, can_request_amendment
from app.proposals.presentation import reads_as_secretariat, state_badge
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES, get_own, revisions_of
from app.proposals.revision_changes import content_changes
from app.proposals.routes.blueprint import Answer, blueprint
from app.proposals.services import amendments as services
from app.proposals.sharing.amendments import get_amendment

# Values of the buttons: look at the difference, go back to the text, send.
CHECK, EDIT, SEND = "check", "edit", "send"


@blueprint.route("/proposals/<receipt_number>/amend", methods=["GET", "POST"])
@roles(*BODY_ROLES)
def amend(receipt_number: str) -> Answer:
    """Write an amendment, look at what changes, and send it (変更の申出)."""
    actor = current_actor()
    proposal = get_own(actor, receipt_number)
    form = proposal_form(proposal.round, data=form_values(proposal))
    reason_form = AmendmentReasonForm()
    if request.method == "GET":
        services.check_amendable(proposal, actor)
        form.version.data = str(proposal.version)
        return _amend_page(proposal, actor, form, reason_form)
    if request.form.get("step") == EDIT:
        return _amend_page(proposal, actor, form, reason_form)
    is_valid = form.validate()
    if not reason_form.validate() or not is_valid:
        return _amend_page(proposal, actor, form, reason_form), 422
    command = _command(form, reason_form)
    try:
        if request.form.get("step") != SEND:
            services.check_amendable(proposal, actor)
            services.check_amendment(proposal, command)
            return _check_page(proposal, actor, command)
        with unit_of_work():
            services.request_amendment(proposal, command, actor=actor)
    except InvalidInput as error:
        _add_errors(form, reason_form, error)
        return _amend_page(proposal, actor, form, reason_form), 422
    flash("変更を申し出ました。事務局が決めるまで、提案は今のままです。", "status")
    return redirect(url_for("casework.show", receipt_number=receipt_number))


def _command(form: ProposalForm, reason_form: AmendmentReasonForm) -> services.RequestAmendment:
    return services.RequestAmendment(
        version=form.expected_version(),
        content=form.to_command(),
        reason=reason_form.amendment_reason.data or "",
    )


def _add_errors(form: ProposalForm, reason_form: AmendmentReasonForm, error: InvalidInput) -> None:
    own = {name: said for name, said in error.errors.items() if name in reason_form._fields}
    reason_form.add_errors(own)
    form.add_errors({name: said for name, said in error.errors.items() if name not in own})


def _amend_page(
    proposal: Proposal, actor: User, form: ProposalForm, reason_form: AmendmentReasonForm
) -> str:
    return render_template(
        "proposals/amend.html",
        form=form,
        reason_form=reason_form,
        reason_errors=[(message, f"#{name}") for name, _, message in reason_form.error_list()],
        proposal=proposal,
        badge=state_badge(proposal, actor),
        fields=field_views(form, proposal.round),
    )


def _check_page(proposal: Proposal, actor: User, command: services.RequestAmendment) -> str:
    content = services.amended_content(proposal, command.content)
    return render_template(
        "proposals/amend_check.html",
        proposal=proposal,
        badge=state_badge(proposal, actor),
        changes=content_changes(proposal.round, content_of(proposal), content, sees_inner=True),
        reason=command.reason,
        carried=list(_carried(request.form.items(multi=True))),
    )


def _carried(sent: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """What was typed, to be sent once more; key, token and button are made anew."""
    return ((name, value) for name, value in sent if name not in (*NOT_CONTENT, "step"))


@blueprint.route("/amendments/<int:amendment_id>", methods=["GET", "POST"])
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def amendment(amendment_id: int) -> Answer:
    """Read an amendment with its difference, and decide on it (変更の申出の決定)."""
    actor = current_actor()
    found = get_amendment(actor, amendment_id)
    form = DecideAmendmentForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.decide_amendment(found, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("変更の申出を決定しました。決定と理由は団体の画面に出ています。", "status")
            return redirect(_case_url(found))
    if not form.is_submitted():
        form.version.data = str(found.proposal.version)
    return _amendment_page(found, actor, form), 422 if form.is_submitted() else 200


@blueprint.post("/amendments/<int:amendment_id>/withdraw")
@roles(Role.PROPOSER_MANAGER)
def withdraw_amendment(amendment_id: int) -> Answer:
    """Take an amendment back (変更の申出の取下げ)."""
    actor = current_actor()
    found = get_amendment(actor, amendment_id)
    form = WithdrawAmendmentForm()
    with unit_of_work():
        services.withdraw_amendment(found, version=form.expected_version(), actor=actor)
    flash("変更の申出を取り下げました。提案は変わっていません。", "status")
    return redirect(_case_url(found))


def _amendment_page(found: Amendment, actor: User, form: DecideAmendmentForm) -> str:
    proposal = found.proposal
    is_open = found.decision is None
    base = next(row for row in revisions_of(proposal) if row.number == found.base_revision)
    return render_template(
        "proposals/amendment.html",
        form=form,
        amendment=found,
        proposal=proposal,
        badge=state_badge(proposal, actor),
        changes=content_changes(proposal.round, base.content, found.content, sees_inner=True),
        is_inner=reads_as_secretariat(actor),
        can_decide=is_open and can_decide_amendment(actor, found),
        can_take_back=is_open and can_request_amendment(actor, proposal),
    )


def _case_url(found: Amendment) -> str:
    return url_for("casework.show", receipt_number=found.proposal.receipt_number)
