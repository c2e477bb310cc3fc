"""The watches on the page of their case (案件の画面の見直しの条件)."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.models import User
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat
from app.watches.listing import WatchLine, watch_lines
from app.watches.models import WatchStatus
from app.watches.policy import can_watch, is_date_required, is_followed_case
from app.watches.queries import watches_of

OUTCOME_WORDS: Mapping[WatchStatus, str] = {
    WatchStatus.OPEN: "見直しを続ける",
    WatchStatus.MET: "条件を満たした",
    WatchStatus.ENDED: "終わり",
}


@dataclass(frozen=True, kw_only=True)
class WatchPanel:
    """Watches of one case for one reader of the secretariat (見直しの条件の欄)."""

    lines: list[WatchLine]
    may_add: bool
    may_write: bool
    is_date_required: bool
    outcomes: Mapping[WatchStatus, str]


def watch_panel(proposal: Proposal, reader: User) -> WatchPanel | None:
    """Build the panel (見直しの条件の欄); none where there is nothing to say, or not to read.

    The watches of a case that was classified anew stay readable.
    """
    if not reads_as_secretariat(reader):
        return None
    is_followed = is_followed_case(proposal)
    lines = watch_lines(watches_of(proposal))
    if not lines and not is_followed:
        return None
    may_write = can_watch(reader, proposal)
    return WatchPanel(
        lines=lines,
        may_add=may_write and is_followed,
        may_write=may_write,
        is_date_required=is_date_required(proposal),
        outcomes=OUTCOME_WORDS,
    )
