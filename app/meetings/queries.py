"""Finding meetings and the items one may see (会議の検索)."""

from sqlalchemy import select

from app.accounts.models import User
from app.core.errors import NotFound
from app.extensions import db
from app.meetings.models import AgendaItem, Meeting
from app.proposals.queries import visible_to
from app.rounds.models import Round

NOT_FOUND = "この会議は見つかりません。会議の一覧から選んでください。"
ITEM_NOT_FOUND = "この議題は見つかりません。会議の画面を開き直してください。"


def meetings_of(round_: Round) -> list[Meeting]:
    """Meetings of a round, the latest first (会議の一覧)."""
    return list(
        db.session.scalars(
            select(Meeting)
            .where(Meeting.round_id == round_.id)
            .order_by(Meeting.held_on.desc(), Meeting.id.desc())
        )
    )


def get_meeting(meeting_id: int) -> Meeting:
    """Return the meeting with this id (会議). Raises NotFound."""
    found = db.session.get(Meeting, meeting_id)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def items_for(actor: User, meeting: Meeting) -> list[AgendaItem]:
    """Items the actor may see, in the order of the agenda (議題).

    One with a conflict of interest is not there for that person, and not counted (D2).
    """
    return list(
        db.session.scalars(
            select(AgendaItem)
            .join(AgendaItem.proposal)
            .where(AgendaItem.meeting_id == meeting.id, visible_to(actor))
            .order_by(AgendaItem.position, AgendaItem.id)
        )
    )


def get_item(actor: User, meeting: Meeting, item_id: int) -> AgendaItem:
    """Return an item of the meeting the actor may see (議題). Raises NotFound."""
    found = next((row for row in items_for(actor, meeting) if row.id == item_id), None)
    if found is None:
        raise NotFound(ITEM_NOT_FOUND)
    return found
