"""Lines of the digest (期限のまとめの行): what to do by when, and how near that is."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.core import clock
from app.core.calendar import OfficeCalendar
from app.proposals.models import Proposal
from app.proposals.presentation import Due

SOON = 3  # office days left, at most
AHEAD = 5  # office days left: told of once, on that very day


class Group(StrEnum):
    """How near a date is (期限の近さ), in the order of the digest."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    AHEAD = "ahead"
    REVISIT = "revisit"


GROUP_LABELS: dict[Group, str] = {
    Group.OVERDUE: "期限を過ぎたもの",
    Group.TODAY: "今日が期限のもの",
    Group.SOON: f"{SOON}開庁日以内に期限が来るもの",
    Group.AHEAD: f"{AHEAD}開庁日後に期限が来るもの",
    Group.REVISIT: "見直し日が来たもの",
}


class DigestLine(NamedTuple):
    """Something to do (すること): which case, by when, where. Never a title or text of a case.

    `cases` is more than one where the work of many stands in one line; `due` is the earliest then.
    """

    reference: str
    todo: str
    due: Due
    path: str
    cases: int = 1


Found = list[tuple[Group, DigestLine]]


def group_of(day: date, calendar: OfficeCalendar) -> Group | None:
    """Group of a due date today (期限の近さ); None for one that is far enough."""
    left = calendar.signed_office_days(clock.today(), day)
    if left < 0:
        return Group.OVERDUE
    if left == 0:
        return Group.TODAY
    if left <= SOON:
        return Group.SOON
    return Group.AHEAD if left == AHEAD else None


def path_of(proposal: Proposal) -> str:
    """Address of the page of a case (提案の画面)."""
    return f"/proposals/{proposal.receipt_number}"
