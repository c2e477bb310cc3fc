"""Days on which a reviewer is away, and who stands in (不在・代理)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Text, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base


class Absence(Base):
    """A reviewer away from `starts_on` to `ends_on`, both included (不在).

    The deputy (代理) may do the assigned work meanwhile; None for an absence without one.
    """

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id)
    deputy: Mapped[User | None] = relationship(foreign_keys=deputy_id)

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period_order"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> user_id", name="another_person"),
    )

    @classmethod
    def covers(cls, day: date) -> ColumnElement[bool]:
        """Condition for the absences that hold on a day (その日の不在)."""
        return and_(cls.cancelled_at.is_(None), cls.starts_on <= day, cls.ends_on >= day)

    def is_on(self, day: date) -> bool:
        """Whether the person is away on a day; `covers` for one row."""
        return self.cancelled_at is None and self.starts_on <= day <= self.ends_on
