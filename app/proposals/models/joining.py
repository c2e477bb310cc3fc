"""Joining after the round (追加共同提案): windows, what they open, who joined with which case."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.core import clock
from app.extensions import ALWAYS_THERE, Base
from app.proposals.models.case import Proposal
from app.rounds.models import Round


class JoiningWindow(Base):
    """Period in which bodies may join the opened proposals of a round (追加共同提案の照会).

    `closes_at` is the last second that counts as in time.
    """

    __tablename__ = "joining_window"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    opened_by: Mapped[User] = relationship()
    opened: Mapped[list["OpenedProposal"]] = relationship(
        back_populates="window", cascade="all, delete-orphan"
    )

    __table_args__ = (CheckConstraint("closes_at > opens_at", name="period_order"),)
    __mapper_args__ = {"version_id_col": version}

    def has_opened(self) -> bool:
        """Whether bodies see the opened proposals (照会開始)."""
        return clock.now() >= self.opens_at

    def is_open(self) -> bool:
        """Whether a body may join now (照会中); the closing second belongs to the window."""
        return self.has_opened() and clock.now().replace(microsecond=0) <= self.closes_at


class OpenedProposal(Base):
    """A proposal that a window shows to the other bodies (照会の対象)."""

    __tablename__ = "opened_proposal"

    window_id: Mapped[int] = mapped_column(ForeignKey("joining_window.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, index=True
    )

    window: Mapped[JoiningWindow] = relationship(back_populates="opened")
    proposal: Mapped[Proposal] = relationship()


class Endorsement(Base):
    """A body that joined an opened proposal, with its own hardship case (追加共同提案).

    A change makes a new row and keeps the old one: the row that is neither replaced nor withdrawn
    counts.
    """

    __tablename__ = "endorsement"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    hardship_case: Mapped[str] = mapped_column(Text)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship()
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    submitted_by: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint("replaced_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        Index(
            "uq_endorsement_current",
            "proposal_id",
            "organization_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )
