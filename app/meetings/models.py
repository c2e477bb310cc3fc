"""Meetings, their agenda and what they decided (会議・議題・決定)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.proposals.models import Proposal
from app.rounds.models import Category, Round

LONGEST_TITLE = 100  # characters


class Meeting(Base):
    """A meeting of the secretariat on cases of a round (会議).

    `current_item_id` is the item on the table now (審議中), None before and after.
    """

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    held_on: Mapped[date]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    # No foreign key: items point to the meeting, and the item is always one of its own.
    current_item_id: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    created_by: Mapped[User] = relationship()
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", order_by="AgendaItem.position, AgendaItem.id"
    )

    __mapper_args__ = {"version_id_col": version}


class ItemOutcome(StrEnum):
    """What became of an item (議題の結果)."""

    WAITING = "waiting"
    PROPOSED = "proposed"
    DEFERRED = "deferred"
    NOTED = "noted"


class AgendaItem(Base):
    """A case on the agenda (議題), with the minutes of what was said (議事の記録).

    A decision of the meeting is an opinion that waits for its second person: `assessment_id` names
    it, `category` what the meeting thought right.
    """

    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    position: Mapped[int]
    outcome: Mapped[ItemOutcome] = mapped_column(stored_enum(ItemOutcome, "outcome"))
    minutes: Mapped[str] = mapped_column(Text, default="")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    category: Mapped[Category | None] = relationship()
    recorded_by: Mapped[User | None] = relationship()

    __table_args__ = (
        UniqueConstraint("meeting_id", "proposal_id"),
        CheckConstraint("position > 0", name="position_positive"),
        CheckConstraint(
            "(outcome = 'proposed') = (assessment_id IS NOT NULL)", name="proposed_has_opinion"
        ),
        CheckConstraint("(outcome = 'waiting') = (recorded_at IS NULL)", name="recorded_when_done"),
    )
    __mapper_args__ = {"version_id_col": version}
