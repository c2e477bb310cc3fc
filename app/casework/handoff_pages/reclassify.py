"""Classifying anew a case that is with ministries (送付中の仕分け直し)."""

from flask import flash, redirect, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.casework.handoff_pages.blueprint import Answer, blueprint, carried_out, page
from app.core.access import roles
from app.handoffs.forms.of_case import reclassify_form
from app.handoffs.queries import open_handoffs
from app.handoffs.services.reclassify import can_take_back, fate_field, reclassify_handed_off
from app.proposals.lifecycle import check_possible
from app.proposals.queries import get_visible
from app.triage.policy import authorize
from app.workflow.states import Action


@blueprint.route("/proposals/<receipt_number>/handoffs/reclassify", methods=["GET", "POST"])
@roles(Role.LEAD)
def reclassify(receipt_number: str) -> Answer:
    """Send a case back to review, each open hand-off kept or recalled (送付中の仕分け直し)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    authorize(actor, Action.RECLASSIFY, proposal)
    rows = open_handoffs(proposal)
    if not rows:
        check_possible(proposal, Action.RECLASSIFY)
        return redirect(url_for("triage.reclassify", receipt_number=receipt_number))
    form = reclassify_form(rows, proposal.version)
    if carried_out(form, lambda: reclassify_handed_off(proposal, form.to_command(), actor=actor)):
        flash(f"{receipt_number}を仕分け中に戻しました。次は、担当を割り当ててください。", "status")
        return redirect(url_for("triage.assign", receipt_number=receipt_number))
    return page(
        "handoffs/of_case_reclassify.html",
        proposal,
        form,
        choices=[(row, form[fate_field(row)], can_take_back(row)) for row in rows],
    )
