"""The trail of the public part (公表の監査記録): on the case, as every act about it."""

from typing import Any

from app.accounts.models import User
from app.audit.services import Subject, record
from app.proposals.models import Proposal


def keep_trace(
    verb: str, proposal: Proposal, actor: User, *, reason: str = "", **changes: Any
) -> None:
    """Note an act about the public copy of a case; dates, numbers and marks only."""
    record(
        f"proposal.{verb}",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        reason=reason,
        changes=changes,
    )
