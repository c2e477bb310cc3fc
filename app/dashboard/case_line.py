"""A case in a table of a home (ホームの提案の行)."""

from typing import NamedTuple

from flask import url_for

from app.accounts.models import User
from app.proposals.models import (
    Proposal,
)
from app.proposals.presentation import Due, StateBadge, due_of, state_badge


class CaseLine(NamedTuple):
    """A case in a table of the home."""

    proposal: Proposal
    badge: StateBadge
    due: Due | None
    url: str
    todo: str = ""
    button: str = ""


def case_line(proposal: Proposal, actor: User) -> CaseLine:
    """What a table of a home says of a case to its reader (提案の行)."""
    return CaseLine(
        proposal=proposal,
        badge=state_badge(proposal, actor),
        due=due_of(proposal, actor),
        url=_case_url(proposal),
    )


def _case_url(proposal: Proposal) -> str:
    if proposal.receipt_number is None:
        return url_for("proposals.edit_draft", proposal_id=proposal.id)
    return url_for("casework.show", receipt_number=proposal.receipt_number)
