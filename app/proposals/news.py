"""Letters about a proposal (提案の知らせ): what they tell of, and whom they no longer reach."""

from typing import Any

from sqlalchemy import Select, exists, select

from app.accounts.models import User
from app.audit.services import Subject
from app.core.eras import format_datetime
from app.notifications.news_checks import hides
from app.proposals.models import ConflictOfInterest, Proposal
from app.proposals.queries import has_conflict
from app.rounds.queries import closes_at_for


def about(proposal: Proposal) -> Subject:
    """What a letter about a proposal tells of: its deliveries stand on the page of the case."""
    return Subject(type="proposal", id=proposal.id)


def closing_words(proposal: Proposal) -> dict[str, Any]:
    """Words of a letter about a proposal that is still to be submitted: by when (提出の締切)."""
    round_ = proposal.round
    return {
        "round_label": round_.label,
        "closes_at": format_datetime(closes_at_for(round_, proposal.organization_id)),
    }


@hides("proposal")
def hidden_proposals(reader: User) -> Select[int]:
    """Ids of the proposals that a person has a conflict of interest with today (利益相反)."""
    return select(Proposal.id).where(has_conflict(reader.id))


@hides("user")
def hidden_readers(reader: User) -> Select[int]:
    """Ids of the people whose letters over several cases a person in conflict may not read.

    Digests, reports and lists of dates name or count cases as their own reader may know them.
    """
    in_conflict = exists().where(
        ConflictOfInterest.user_id == reader.id, ConflictOfInterest.in_force()
    )
    return select(User.id).where(User.id != reader.id, in_conflict)
