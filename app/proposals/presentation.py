"""What screens show of a case (表示): badge of the state, due date in words."""

from datetime import date
from typing import NamedTuple

from app.accounts.models import User
from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.proposals.models import Proposal
from app.proposals.queries import SECRETARIAT_ROLES
from app.workflow.labels import PROPOSER_STATE_LABELS, STATE_LABELS, STATE_TONES, Tone
from app.workflow.states import State

SOON_OFFICE_DAYS = 3
REJOINED_LABEL = "分割の取消し"
REPLIED_LABEL = "回答あり"
REVISIT_HAS_COME = "見直し日が来ています"


class StateBadge(NamedTuple):
    """Word and look of a state (状態)."""

    label: str
    tone: str


class Due(NamedTuple):
    """A due date and its distance in office days (期限): late, soon, normal or stopped."""

    date: date
    words: str
    level: str


def reads_as_secretariat(reader: User) -> bool:
    """Whether the reader sees the inner steps (事務局の内部表示)."""
    return reader.has_role(*SECRETARIAT_ROLES)


def state_badge(proposal: Proposal, reader: User) -> StateBadge:
    """Badge of a case for a reader: the body sees one word (審査中) for all inner steps."""
    if proposal.is_rejoined:
        return StateBadge(REJOINED_LABEL, Tone.PLAIN)
    if reads_as_secretariat(reader):
        return StateBadge(STATE_LABELS[proposal.state], STATE_TONES[proposal.state])
    if is_replied(proposal):
        return StateBadge(REPLIED_LABEL, Tone.WAIT if proposal.view_due_on is None else Tone.WORK)
    label = PROPOSER_STATE_LABELS[told_state(proposal)]
    if proposal.state is State.RETURNED:
        return StateBadge(label, Tone.WORK)
    is_inner = label == PROPOSER_STATE_LABELS[State.IN_REVIEW]
    return StateBadge(label, Tone.WAIT if is_inner else STATE_TONES[told_state(proposal)])


def is_replied(proposal: Proposal) -> bool:
    """Whether the body reads replies of ministries to a case that is not over yet (回答あり)."""
    return proposal.state is State.CLASSIFIED and proposal.replies_released_at is not None


def told_state(proposal: Proposal) -> State:
    """State as the body is told: of a case judged with another one, closed when that is (統合)."""
    target = proposal.merged_into
    return State.CLOSED if target and target.state is State.CLOSED else proposal.state


def due_of(proposal: Proposal, reader: User) -> Due | None:
    """Due date of a case for a reader; the body sees only its own (補正・見解の期限)."""
    if not reads_as_secretariat(reader) and is_replied(proposal):
        return _view_due(proposal)
    if proposal.due_on is None:
        return None
    if not reads_as_secretariat(reader) and proposal.state is not State.RETURNED:
        return None
    if proposal.state is State.PENDING:
        return revisit_on(proposal.due_on)
    return due_on(proposal.due_on, remaining_calendar(proposal))


def remaining_calendar(proposal: Proposal) -> OfficeCalendar:
    """The calendar in which the days left are counted: of the body while it is its move."""
    is_view = proposal.view_due_on is not None and proposal.due_on == proposal.view_due_on
    if proposal.state is State.RETURNED or (is_view and is_replied(proposal)):
        return _calendar_of_body(proposal)
    return office_calendar()


def _view_due(proposal: Proposal) -> Due | None:
    """Date of the view that is awaited (見解の期限), whatever else the case waits for."""
    if proposal.view_due_on is None:
        return None
    return due_on(proposal.view_due_on, _calendar_of_body(proposal))


def _calendar_of_body(proposal: Proposal) -> OfficeCalendar:
    return proposal.organization.acting_on(clock.today()).calendar()


def revisit_on(day: date) -> Due:
    """Put a revisit date into words (見直し日): it is announced, and nobody is late by it."""
    if day <= clock.today():
        return Due(day, REVISIT_HAS_COME, "soon")
    left = office_calendar().signed_office_days(clock.today(), day)
    return Due(day, f"見直しまで{left}開庁日", "stopped")


def due_on(day: date, calendar: OfficeCalendar | None = None) -> Due:
    """Put a due date into words as of today: あと5開庁日, 今日まで, 2開庁日超過 (JST)."""
    left = (calendar or office_calendar()).signed_office_days(clock.today(), day)
    if left < 0:
        return Due(day, f"{-left}開庁日超過", "late")
    if left == 0:
        return Due(day, "今日まで", "soon")
    level = "soon" if left <= SOON_OFFICE_DAYS else "normal"
    return Due(day, f"あと{left}開庁日", level)
