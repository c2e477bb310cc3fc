"""Versions of the decision guide of a scheme (判断の手引きの版)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base
from app.rounds.models.scheme import Scheme


class GuideVersion(Base):
    """One version of a scheme's guide (手引きの版). Never changed: opinions name theirs.

    `content` has the shape of `rounds.default_guide`; `created_by` is none for the first version.
    """

    __tablename__ = "guide_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    scheme: Mapped[Scheme] = relationship()
    created_by: Mapped[User | None] = relationship()

    __table_args__ = (
        UniqueConstraint("scheme_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    @property
    def label(self) -> str:
        """Scheme and number, as an opinion keeps it (R6-1)."""
        return f"{self.scheme.key}-{self.number}"
