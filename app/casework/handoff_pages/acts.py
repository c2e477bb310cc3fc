"""Taking back, sending on, another date, another lead (取下げ・送り直し・期限・主管の変更)."""

from flask import flash, request

from app.accounts.current import current_actor
from app.accounts.models import Role
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
from app.core.errors import IllegalTransition
from app.core.uploads import takes_files
from app.deadlines.services.extensions import closed_day_warning
from app.handoffs.dues import running_due
from app.handoffs.forms.of_case import ChangeLeadForm, RecallForm, RedateForm, RerouteForm
from app.handoffs.policy import authorize_direction, authorize_hand_off
from app.handoffs.queries import current_reply, open_handoffs, refusals_before
from app.handoffs.services.dates import NO_DATE, redate_handoff
from app.handoffs.services.lead import NO_LEAD, current_lead
from app.handoffs.services.lead import change_lead as put_in_lead
from app.handoffs.services.recall import recall_handoff
from app.handoffs.services.reroute import check_refused
from app.handoffs.services.reroute import reroute as send_on
from app.proposals.queries import get_visible
from app.workflow.labels import TERM_LABELS


@blueprint.route(
    "/proposals/<receipt_number>/handoffs/<int:handoff_id>/recall", methods=["GET", "POST"]
)
@roles(Role.OFFICER, Role.LEAD)
def recall(receipt_number: str, handoff_id: int) -> Answer:
    """Take a hand-off back (送付の取下げ)."""
    actor = current_actor()
    handoff = open_handoff(receipt_number, handoff_id)
    authorize_hand_off(actor, handoff.proposal)
    form = RecallForm(version=handoff.version)
    if carried_out(form, lambda: recall_handoff(handoff, form.to_command(), actor=actor)):
        flash(f"{handoff.destination.name}への送付を取り下げました。", "status")
        return back(handoff.proposal)
    return page(
        "handoffs/of_case_recall.html",
        handoff.proposal,
        form,
        handoff=handoff,
        has_draft=current_reply(handoff) is not None,
    )


@blueprint.route(
    "/proposals/<receipt_number>/handoffs/<int:handoff_id>/reroute", methods=["GET", "POST"]
)
@roles(Role.OFFICER, Role.LEAD)
@takes_files(HANDOFF_FILES_BYTES)
def reroute(receipt_number: str, handoff_id: int) -> Answer:
    """Send on what a ministry refused (所管外の送り直し)."""
    actor = current_actor()
    handoff = open_handoff(receipt_number, handoff_id)
    proposal = handoff.proposal
    authorize_hand_off(actor, proposal)
    check_refused(handoff, actor)
    suggested = handoff.suggested.acting_on(clock.today()) if handoff.suggested else None
    form = RerouteForm(
        version=handoff.version,
        destination_id=request.args.get("destination", type=int)
        or (suggested.id if suggested else 0),
        request_text=handoff.request_text,
        attachment_ids=[row.attachment_id for row in handoff.files if row.attachment_id],
        kept_files=[row.id for row in handoff.files if row.stored_file_id],
    )
    form.destination_id.choices = destinations()
    form.offer_files(files_now(proposal, actor), handoff.files)
    if carried_out_with_files(
        form, lambda files: send_on(handoff, form.to_command(files), actor=actor)
    ):
        flash("送り直しました。新しい送付先の期限が始まっています。", "status")
        return back(proposal)
    return page(
        "handoffs/of_case_reroute.html",
        proposal,
        form,
        handoff=handoff,
        refusals=refusals_before(handoff),
        suggestions=places_for(proposal, actor),
    )


@blueprint.route(
    "/proposals/<receipt_number>/handoffs/<int:handoff_id>/redate", methods=["GET", "POST"]
)
@roles(Role.LEAD)
def redate(receipt_number: str, handoff_id: int) -> Answer:
    """Name another date for what a destination owes (送付の期限の変更)."""
    actor = current_actor()
    handoff = open_handoff(receipt_number, handoff_id)
    authorize_direction(actor, handoff.proposal)
    running = running_due(handoff)
    if running is None:
        raise IllegalTransition(NO_DATE)
    label, former = TERM_LABELS[running.term], running.due_on
    form = RedateForm(version=handoff.version)
    if carried_out(form, lambda: redate_handoff(handoff, form.to_command(), actor=actor)):
        flash(f"{handoff.destination.name}の期限を変えました。", "status")
        warning = closed_day_warning(handoff.due_on) if handoff.due_on else ""
        if warning:
            flash(warning, "warning")
        return back(handoff.proposal)
    return page(
        "handoffs/of_case_redate.html",
        handoff.proposal,
        form,
        handoff=handoff,
        term=label,
        former=former,
    )


@blueprint.route("/proposals/<receipt_number>/handoffs/lead", methods=["GET", "POST"])
@roles(Role.LEAD)
def change_lead(receipt_number: str) -> Answer:
    """Put another ministry in the lead (主管の変更)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize_direction(actor, proposal)
    lead = current_lead(proposal)
    if lead is None:
        raise IllegalTransition(NO_LEAD)
    form = ChangeLeadForm(version=lead.version, request_text=lead.request_text)
    form.destination_id.choices = destinations()
    if carried_out(form, lambda: put_in_lead(lead, form.to_command(), actor=actor)):
        flash("主管を変更しました。", "status")
        return back(proposal)
    related = [row for row in open_handoffs(proposal) if row is not lead]
    return page("handoffs/of_case_lead.html", proposal, form, lead=lead, related=related)
