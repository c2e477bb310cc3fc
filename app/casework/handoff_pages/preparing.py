"""Preparing, looking at and sending one hand-off (送付の準備・確認・送付)."""

from flask import flash, redirect, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.casework.handoff_pages.blueprint import (
    HANDOFF_FILES_BYTES,
    Answer,
    back,
    blueprint,
    carried_out,
    carried_out_with_files,
    destinations,
    files_now,
    open_handoff,
    page,
)
from app.casework.handoff_pages.places import places_for
from app.core import clock
from app.core.access import roles
from app.core.closing_days import office_calendar
from app.core.errors import IllegalTransition
from app.core.unit_of_work import unit_of_work
from app.core.uploads import takes_files
from app.handoffs.case_content import content_for_ministry, proposers_of
from app.handoffs.desk_view import file_line
from app.handoffs.forms.of_case import ChangePreparedForm, HandoffActForm, PrepareForm
from app.handoffs.models import Handoff
from app.handoffs.policy import authorize_hand_off
from app.handoffs.queries import handoffs_of, open_handoffs
from app.handoffs.received import files_sent_along
from app.handoffs.recipients import coordinators_of
from app.handoffs.services.lead import current_lead
from app.handoffs.services.prepare import (
    ALREADY_SENT,
    NOT_CLASSIFIED,
    change_prepared,
    discard_prepared,
    needs_no_handoff,
    prepare_handoff,
)
from app.handoffs.services.send import Send, send_handoff, sending_problem
from app.proposals.models import Proposal
from app.proposals.queries import get_visible
from app.workflow.handoffs import HandoffPart, HandoffPurpose, HandoffState
from app.workflow.states import State
from app.workflow.terms import Term


@blueprint.route("/proposals/<receipt_number>/handoffs/prepare", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
@takes_files(HANDOFF_FILES_BYTES)
def prepare(receipt_number: str) -> Answer:
    """Prepare a hand-off (送付の準備); nobody is told of it yet."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_hand_off(actor, proposal)
    if proposal.state is not State.CLASSIFIED:
        raise IllegalTransition(NOT_CLASSIFIED)
    form = _prepare_form(proposal, actor)
    made: list[Handoff] = []
    if carried_out_with_files(
        form,
        lambda files: made.append(prepare_handoff(proposal, form.to_command(files), actor=actor)),
    ):
        flash("送付を準備しました。内容を確かめて送付してください。", "status")
        return redirect(_preview_url(made[0]))
    return page(
        "handoffs/of_case_prepare.html",
        proposal,
        form,
        lead=current_lead(proposal),
        others=handoffs_of(proposal),
        is_unusual=needs_no_handoff(proposal),
        suggestions=places_for(proposal, actor),
    )


@blueprint.route(
    "/proposals/<receipt_number>/handoffs/<int:handoff_id>/edit", methods=["GET", "POST"]
)
@roles(Role.OFFICER, Role.LEAD)
@takes_files(HANDOFF_FILES_BYTES)
def edit(receipt_number: str, handoff_id: int) -> Answer:
    """Change what was prepared (送付前の変更)."""
    actor = current_actor()
    handoff = open_handoff(receipt_number, handoff_id)
    _check_prepared(handoff, actor)
    form = ChangePreparedForm(
        version=handoff.version,
        purpose=handoff.purpose.value,
        request_text=handoff.request_text,
        attachment_ids=[row.attachment_id for row in handoff.files if row.attachment_id],
        kept_files=[row.id for row in handoff.files if row.stored_file_id],
    )
    form.offer_files(files_now(handoff.proposal, actor), handoff.files)
    if carried_out_with_files(
        form, lambda files: change_prepared(handoff, form.to_command(files), actor=actor)
    ):
        flash("送付の内容を直しました。", "status")
        return redirect(_preview_url(handoff))
    return page("handoffs/of_case_edit.html", handoff.proposal, form, handoff=handoff)


@blueprint.get("/proposals/<receipt_number>/handoffs/<int:handoff_id>/preview")
@roles(Role.OFFICER, Role.LEAD)
def preview(receipt_number: str, handoff_id: int) -> Answer:
    """Show what the ministry will read, before it is sent (送付内容の確認)."""
    handoff = open_handoff(receipt_number, handoff_id)
    _check_prepared(handoff, current_actor())
    return _preview_page(handoff, HandoffActForm(version=handoff.version))


@blueprint.post("/proposals/<receipt_number>/handoffs/<int:handoff_id>/send")
@roles(Role.OFFICER, Role.LEAD)
def send(receipt_number: str, handoff_id: int) -> Answer:
    """Send a prepared hand-off (送付)."""
    actor = current_actor()
    handoff = open_handoff(receipt_number, handoff_id)
    form = HandoffActForm()
    command = Send(version=form.opened_version)
    if carried_out(form, lambda: send_handoff(handoff, command, actor=actor)):
        flash(f"{handoff.destination.name}へ送付しました。「届いた案件」に出ています。", "status")
        return back(handoff.proposal)
    return _preview_page(handoff, form)


@blueprint.post("/proposals/<receipt_number>/handoffs/<int:handoff_id>/discard")
@roles(Role.OFFICER, Role.LEAD)
def discard(receipt_number: str, handoff_id: int) -> Answer:
    """Drop a hand-off that was only prepared (送付の取りやめ)."""
    actor = current_actor()
    handoff = open_handoff(receipt_number, handoff_id)
    form = HandoffActForm()
    if not form.validate_on_submit():
        return _preview_page(handoff, form)
    with unit_of_work():
        discard_prepared(handoff, form.opened_version, actor=actor)
    flash(f"{handoff.destination.name}への送付を取りやめました。", "status")
    return back(handoff.proposal)


def _prepare_form(proposal: Proposal, actor: User) -> PrepareForm:
    taken = {row.destination_id for row in open_handoffs(proposal)}
    named = 0 if proposal.ministry_id in taken else proposal.ministry_id
    form = PrepareForm(
        version=proposal.version,
        part=(HandoffPart.RELATED if current_lead(proposal) else HandoffPart.LEAD).value,
        purpose=HandoffPurpose.REQUEST.value,
        destination_id=request.args.get("destination", type=int) or named or 0,
        attachment_ids=[row.id for row in files_now(proposal, actor)],
    )
    form.destination_id.choices = destinations()
    form.offer_files(files_now(proposal, actor))
    return form


def _check_prepared(handoff: Handoff, actor: User) -> None:
    authorize_hand_off(actor, handoff.proposal)
    if handoff.state is not HandoffState.PREPARED:
        raise IllegalTransition(ALREADY_SENT)


def _preview_page(handoff: Handoff, form: HandoffActForm) -> Answer:
    proposal = handoff.proposal
    days = proposal.round.office_days(Term.ACKNOWLEDGEMENT)
    return page(
        "handoffs/of_case_preview.html",
        proposal,
        form,
        handoff=handoff,
        problem=sending_problem(handoff),
        recipients=coordinators_of(handoff.destination),
        take_by=office_calendar().add_office_days(clock.today(), days),
        take_days=days,
        reply_days=proposal.round.office_days(Term.REPLY),
        files=[file_line(row) for row in files_sent_along(handoff)],
        proposers=proposers_of(proposal),
        content=content_for_ministry(proposal),
    )


def _preview_url(handoff: Handoff) -> str:
    return url_for(
        "case_handoffs.preview",
        receipt_number=handoff.proposal.receipt_number,
        handoff_id=handoff.id,
    )
