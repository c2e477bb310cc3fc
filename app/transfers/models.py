"""Hand-overs (授受): what was handed to whom, its hashes, and when it was received."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.proposals.models import Proposal


class TransferKind(StrEnum):
    """What is handed over (授受の種類)."""

    RETURN = "return"  # 補正の依頼: the secretariat to the body
    RELEASE = "release"  # 回答の公開: the secretariat to the body
    REPLY = "reply"  # 府省庁の回答: a ministry to the secretariat


class Transfer(Base):
    """One hand-over (授受). `parts` are the hashes that both sides see; `digest` is over them.

    `number` tells nothing of other hand-overs, which a reader may not know of. `to_body_id` is None
    for what goes to the secretariat. Neither row nor parts hold a text or the name of a file.
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(14), unique=True)
    kind: Mapped[TransferKind] = mapped_column(stored_enum(TransferKind, "kind"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    # Id of the request, release or reply that was handed over.
    source_id: Mapped[int]
    from_body_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    to_body_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime]
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    # Last day on which the receipt is in time (受領の期限).
    due_on: Mapped[date]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    # When it went up to the leads (総括への報告).
    escalated_at: Mapped[datetime | None]
    # When the side that handed it over took it back (取下げ): nobody has to receive it any more.
    cancelled_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    from_body: Mapped[Organization] = relationship(
        foreign_keys=from_body_id, lazy="joined", innerjoin=ALWAYS_THERE
    )
    to_body: Mapped[Organization | None] = relationship(foreign_keys=to_body_id, lazy="joined")
    sent_by: Mapped[User] = relationship(foreign_keys=sent_by_id)
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=confirmed_by_id)

    __table_args__ = (
        UniqueConstraint("proposal_id", "kind", "source_id"),
        CheckConstraint("(kind = 'reply') = (to_body_id IS NULL)", name="receiver"),
        CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"
        ),
        CheckConstraint("cancelled_at IS NULL OR confirmed_at IS NULL", name="one_end"),
        Index("ix_transfer_confirmed_at_due_on", "confirmed_at", "due_on"),
    )
