"""Making a meeting and its agenda (会議の準備)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.meetings.models import AgendaItem, ItemOutcome, Meeting
from app.meetings.policy import authorize_run
from app.meetings.queries import items_for
from app.proposals.models import Proposal
from app.rounds.models import Round

MOST_ITEMS = 100
CLOSED = "この会議は終わっています。議題と記録は変えられません。"
ALREADY_THERE = "この提案は、すでに議題にあります"
WRONG_ROUND = "この会議は{label}のものです。同じ募集回の提案を入れてください"
RECORDED = "記録のある議題は外せません。"


@dataclass(frozen=True, kw_only=True)
class MakeMeeting:
    """A meeting with its first agenda (会議の準備): cases in this order."""

    round: Round
    title: str
    held_on: date | None
    proposals: Sequence[Proposal]


def make_meeting(command: MakeMeeting, *, actor: User) -> Meeting:
    """Make a meeting with an agenda (会議). Raises NotAllowed, InvalidInput."""
    authorize_run(actor)
    held_on = _checked_day(command)
    meeting = Meeting(
        round_id=command.round.id,
        title=command.title,
        held_on=held_on,
        created_by_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(meeting)
    db.session.flush()
    for position, proposal in enumerate(command.proposals, start=1):
        db.session.add(_item(meeting, proposal, position))
    db.session.flush()
    keep_trace("make", meeting, actor, cases=len(command.proposals))
    return meeting


def add_item(meeting: Meeting, proposal: Proposal, version: int, *, actor: User) -> None:
    """Put one more case at the end of the agenda (議題の追加).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_run(actor)
    check_open(meeting, version)
    if proposal.round_id != meeting.round_id:
        raise InvalidInput({"receipt_number": [WRONG_ROUND.format(label=meeting.round.label)]})
    if any(row.proposal_id == proposal.id for row in meeting.items):
        raise InvalidInput({"receipt_number": [ALREADY_THERE]})
    if len(meeting.items) >= MOST_ITEMS:
        raise InvalidInput({"receipt_number": [f"議題は{MOST_ITEMS}件までです"]})
    last = max((row.position for row in meeting.items), default=0)
    db.session.add(_item(meeting, proposal, last + 1))
    _touch(meeting)
    keep_trace("add_item", meeting, actor, proposal_id=proposal.id)


def remove_item(item: AgendaItem, version: int, *, actor: User) -> None:
    """Take a case off the agenda (議題の削除); one with a record stays.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_run(actor)
    meeting = item.meeting
    check_open(meeting, version)
    if item.outcome is not ItemOutcome.WAITING:
        raise IllegalTransition(RECORDED)
    if meeting.current_item_id == item.id:
        meeting.current_item_id = None
    keep_trace("remove_item", meeting, actor, proposal_id=item.proposal_id)
    db.session.delete(item)
    _touch(meeting)


def move_item(item: AgendaItem, step: int, version: int, *, actor: User) -> None:
    """Move an item up (-1) or down (+1) among those the actor sees (議題の並べ替え).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_run(actor)
    check_open(item.meeting, version)
    seen = items_for(actor, item.meeting)
    place = seen.index(item) + step
    if 0 <= place < len(seen):
        other = seen[place]
        item.position, other.position = other.position, item.position
    _touch(item.meeting)
    keep_trace("move_item", item.meeting, actor, proposal_id=item.proposal_id)


def check_open(meeting: Meeting, version: int) -> None:
    """Refuse an old page and a meeting that is over. Raises StaleVersion, IllegalTransition."""
    if meeting.version != version:
        raise StaleVersion(STALE_MESSAGE)
    if meeting.closed_at is not None:
        raise IllegalTransition(CLOSED)


def keep_trace(act: str, meeting: Meeting, actor: User, **changes: object) -> None:
    """Leave an entry about the meeting in the trail (会議の証跡)."""
    record(
        f"meeting.{act}",
        Subject(type="meeting", id=meeting.id, version=meeting.version),
        actor=actor,
        changes=changes,
    )


def _checked_day(command: MakeMeeting) -> date:
    errors: dict[str, list[str]] = {}
    if is_blank(command.title):
        errors["title"] = ["会議の名前を入力してください"]
    if command.held_on is None:
        errors["held_on"] = ["開催日を入力してください"]
    if len(command.proposals) > MOST_ITEMS:
        errors["list_id"] = [
            f"議題は{MOST_ITEMS}件までです。条件を絞った一覧を選んでください"
            f"（今は{len(command.proposals)}件）"
        ]
    if errors or command.held_on is None:
        raise InvalidInput(errors)
    return command.held_on


def _item(meeting: Meeting, proposal: Proposal, position: int) -> AgendaItem:
    return AgendaItem(
        meeting_id=meeting.id,
        proposal_id=proposal.id,
        position=position,
        outcome=ItemOutcome.WAITING,
    )


def _touch(meeting: Meeting) -> None:
    # The agenda is part of the meeting: whoever has an older page of it is told so.
    flag_modified(meeting, "title")
    db.session.flush()
