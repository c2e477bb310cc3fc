"""Other bodies and amendments on the case page (共同提案・追加共同提案・変更の申出)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.proposals.lapse import AMENDABLE_STATES
from app.proposals.models import Amendment, CoProposer, Endorsement, JoiningWindow, Proposal
from app.proposals.policy import can_request_amendment, is_own
from app.proposals.presentation import reads_as_secretariat
from app.proposals.sharing.amendments import amendments_of
from app.proposals.sharing.joining import all_endorsements_of, window_of
from app.proposals.sharing.partners import accepted_partners_of


@dataclass(frozen=True, kw_only=True)
class SharingView:
    """What a reader sees of those who share a case (共同提案ほか).

    A partner sees the partners; who joined, with which words, and what was asked to be amended is
    between the proposing body and the secretariat. `ended` are changed and withdrawn endorsements.
    """

    partners: list[CoProposer]
    window: JoiningWindow | None
    joined: list[Endorsement]
    ended: list[Endorsement]
    amendments: list[Amendment]
    can_amend: bool


def sharing_view(proposal: Proposal, reader: User) -> SharingView:
    """Read who shares a case, for one reader (共同提案ほか)."""
    sees_all = reads_as_secretariat(reader) or is_own(reader, proposal)
    endorsements = all_endorsements_of(proposal) if sees_all else []
    amendments = amendments_of(proposal) if sees_all else []
    is_asking = any(row.decision is None for row in amendments)
    is_amendable = proposal.state in AMENDABLE_STATES and not is_asking
    joined = [row for row in endorsements if _counts(row)]
    return SharingView(
        partners=accepted_partners_of(proposal),
        window=window_of(proposal) if sees_all else None,
        joined=joined,
        ended=[row for row in endorsements if not _counts(row)],
        amendments=list(reversed(amendments)),
        can_amend=is_amendable and can_request_amendment(reader, proposal),
    )


def _counts(row: Endorsement) -> bool:
    return row.replaced_at is None and row.withdrawn_at is None
