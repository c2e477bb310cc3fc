"""Acts on many cases, kept so that they can be taken back (一括操作の控え)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models import Proposal


class BulkKind(StrEnum):
    """What is done to all of them (一括操作の種類)."""

    ASSIGN = "assign"
    HOLD = "hold"
    RESUME = "resume"


class BulkAct(Base):
    """One act on many cases (一括操作). Only its actor takes it back, in the same sign-in."""

    __tablename__ = "bulk_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BulkKind] = mapped_column(stored_enum(BulkKind, "kind"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    # Digest of the sign-in it was done in (ログインの控え).
    session_key: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    actor: Mapped[User] = relationship()
    items: Mapped[list["BulkActItem"]] = relationship(
        back_populates="act", order_by="BulkActItem.proposal_id"
    )

    __mapper_args__ = {"version_id_col": version}


class BulkActItem(Base):
    """One case of a bulk act (一括操作の1件): where it stood before, and its version after."""

    __tablename__ = "bulk_act_item"

    act_id: Mapped[int] = mapped_column(ForeignKey("bulk_act.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    version_after: Mapped[int]
    # Standing of the case, ids of the assignments in force and of the waiting opinion.
    before: Mapped[dict[str, Any]] = mapped_column(JSON)

    act: Mapped[BulkAct] = relationship(back_populates="items")
    proposal: Mapped[Proposal] = relationship()
