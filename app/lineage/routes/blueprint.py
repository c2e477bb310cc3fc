"""The blueprint of the lineage of cases, and how its pages open one (系譜の画面)."""

from flask import Blueprint, request

from app.accounts.current import current_actor
from app.lineage.policy import authorize
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal
from app.proposals.queries import get_visible

blueprint = Blueprint("lineage", __name__)


def open_case(receipt_number: str) -> Proposal:
    """Return a case the actor may work on; a form that comes too late is told so first.

    Raises NotFound, StaleVersion, NotAllowed.
    """
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    opened = request.form.get("version", type=int)
    if opened is not None:
        check_version(proposal, opened)
    authorize(actor, [proposal])
    return proposal
