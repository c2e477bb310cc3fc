"""Suggested destinations on the pages of a case (送付先の候補)."""

from typing import NamedTuple

from flask import request

from app.accounts.models import User
from app.proposals.content import ministry_name
from app.proposals.models import Proposal
from app.routing.destinations import suggest_destinations

MOST = 6


class Place(NamedTuple):
    """A suggested destination as the page shows it (送付先の候補)."""

    name: str
    reason: str
    url: str


def places_for(proposal: Proposal, actor: User) -> list[Place]:
    """Suggested destinations of a case, the best first (送付先の候補); a link chooses one."""
    found = suggest_destinations([proposal], actor=actor)[proposal.id]
    return [
        Place(
            ministry_name(row.organization),
            row.why,
            f"{request.path}?destination={row.organization.id}",
        )
        for row in found[:MOST]
    ]
