"""Tab 送付・回答 of a case (案件の送付・回答)."""

from flask import render_template

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.answers.panel import reply_panel
from app.casework.case_frame import case_frame
from app.casework.handoff_pages.blueprint import blueprint
from app.casework.handoff_table import handoff_table
from app.core.access import roles
from app.handoffs.services.prepare import needs_no_handoff
from app.proposals.queries import get_visible


@blueprint.get("/proposals/<receipt_number>/handoffs")
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def show(receipt_number: str) -> str:
    """Destinations of the case with what each owes, and their replies (送付・回答)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    return render_template(
        "handoffs/of_case.html",
        case=case_frame(proposal, actor, tab="case_handoffs.show"),
        proposal=proposal,
        table=handoff_table(proposal, actor),
        is_unusual=needs_no_handoff(proposal),
        replies=reply_panel(proposal, actor),
    )
