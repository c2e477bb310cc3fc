"""Where cases of a batch are proposed to go (宛先の案), each with what speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import Organization, User
from app.proposals.models import Proposal
from app.routing.destinations import suggest_destinations
from app.workflow.handoffs import HandoffPart


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A destination that is proposed for a case (宛先の案): its part, and why."""

    organization: Organization
    part: HandoffPart
    why: str


def proposed_destinations(
    proposals: Sequence[Proposal], *, actor: User
) -> dict[int, list[Proposed]]:
    """Destinations proposed for each case, the lead first (宛先の案).

    Of the suggested ones the lead, and those that the opinion, the duties or the body name; who
    gave the case back is none. A few questions for however many cases.
    """
    return {
        key: [
            Proposed(organization=row.organization, part=row.part, why=row.why)
            for row in suggested
            if row.takes_part
        ]
        for key, suggested in suggest_destinations(proposals, actor=actor).items()
    }
