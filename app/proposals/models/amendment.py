"""Amendments after the submission (変更の申出): asked for by the body, decided by the office."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models.case import Proposal


class AmendmentDecision(StrEnum):
    """How an amendment ended (変更の申出の結果). LAPSED: the case moved on before a decision."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Amendment(Base):
    """One wish to change the text of a submitted case (変更の申出).

    `content` is the whole new text; `base_revision` the number of the submitted text it was made
    from (提出版). It lapses without a decider.
    """

    __tablename__ = "amendment"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    base_revision: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    decision: Mapped[AmendmentDecision | None] = mapped_column(
        stored_enum(AmendmentDecision, "decision")
    )
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    proposal: Mapped[Proposal] = relationship()
    requested_by: Mapped[User] = relationship(foreign_keys=requested_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)

    __table_args__ = (
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decision_complete"),
        CheckConstraint("base_revision > 0", name="base_revision"),
        Index(
            "uq_amendment_waiting",
            "proposal_id",
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )
