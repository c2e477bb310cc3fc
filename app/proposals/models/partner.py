"""Partners of a joint proposal (共同提案団体): each is asked and answers for itself."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.proposals.models.case import Proposal


class PartnerAnswer(StrEnum):
    """What a partner said to the request (共同提案の回答)."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class CoProposer(Base):
    """A body that was asked to propose together (共同提案団体).

    A partner that takes its consent back is DECLINED with its reason. `accepted_content` is the
    text it agreed to, so that it can see what changed afterwards.
    """

    __tablename__ = "co_proposer"

    id: Mapped[int] = mapped_column(primary_key=True)
    # A draft that is thrown away takes its requests along; the trail keeps them.
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[PartnerAnswer] = mapped_column(stored_enum(PartnerAnswer, "answer"))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    accepted_content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    removed_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship()
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)

    __table_args__ = (
        CheckConstraint(
            "(answer = 'waiting') = (answered_by_id IS NULL)"
            " AND (answer = 'waiting') = (answered_at IS NULL)",
            name="answer_complete",
        ),
        Index(
            "uq_co_proposer_named",
            "proposal_id",
            "organization_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_co_proposer_organization_id_answer", "organization_id", "answer"),
    )
