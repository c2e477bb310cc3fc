"""Tab 送付・回答 of a case (案件の送付・回答)."""

from flask import render_template
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.answers.panel import reply_panel
from app.casework.case_frame import case_frame
from app.casework.handoff_pages.blueprint import blueprint, open_handoff
from app.casework.handoff_table import handoff_table
from app.core.access import roles
from app.files.serving import serve
from app.handoffs.received import get_sent_file
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


@blueprint.get("/proposals/<receipt_number>/handoffs/<int:handoff_id>/files/<public_id>")
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def download(receipt_number: str, handoff_id: int, public_id: str) -> Response:
    """Hand out a file that goes with a hand-off (送付する資料), as its ministry gets it."""
    return serve(get_sent_file(open_handoff(receipt_number, handoff_id), public_id))
