"""Letters about a proposal (提案の知らせ): what they tell of, and whom they no longer reach."""

from sqlalchemy import Select, select

from app.accounts.models import User
from app.audit.services import Subject
from app.notifications.news_checks import hides
from app.proposals.models import Proposal
from app.proposals.queries import has_conflict


def about(proposal: Proposal) -> Subject:
    """What a letter about a proposal tells of: its deliveries stand on the page of the case."""
    return Subject(type="proposal", id=proposal.id)


@hides("proposal")
def hidden_proposals(reader: User) -> Select[int]:
    """Ids of the proposals that a person has a conflict of interest with today (利益相反)."""
    return select(Proposal.id).where(has_conflict(reader.id))
