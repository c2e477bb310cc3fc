"""A freeze of one link, file or letter (凍結)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base, stored_enum


class FrozenKind(StrEnum):
    """What is frozen (凍結の対象)."""

    CASE = "case"
    FILE = "file"
    MAILING = "mailing"


class Freeze(Base):
    """What answers 404 to everybody from `frozen_at` until it is lifted (凍結).

    `target` names it: the receipt number of a case, the sha256 of a file (every copy of the same
    content is frozen with it), the number of a letter to many. Lifted by another person than the
    one who froze it (P29).
    """

    __tablename__ = "freeze"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FrozenKind] = mapped_column(stored_enum(FrozenKind, "kind"))
    target: Mapped[str] = mapped_column(String(64))
    # What a person calls it: a receipt number, the name of a file, the subject of a letter.
    label: Mapped[str] = mapped_column(String(200))
    # The report it belongs to (事故の報告); the table stands above this room.
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    frozen_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    frozen_at: Mapped[datetime]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
            name="lift_complete",
        ),
        CheckConstraint(
            "lifted_by_id IS NULL OR lifted_by_id <> frozen_by_id", name="lifted_by_another"
        ),
        Index("ix_freeze_kind_target", "kind", "target"),
        # Asked with every request (is anything frozen at all): the open ones are few.
        Index("ix_freeze_lifted_at", "lifted_at"),
    )
