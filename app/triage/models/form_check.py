"""Marks at the lines of the form check (形式確認の印)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum


class CheckVerdict(StrEnum):
    """What an officer found at a line of the form check (確認の結果)."""

    OK = "ok"
    PROBLEM = "problem"
    WAIVED = "waived"


class FormCheckMark(Base):
    """Mark of an officer at one line of the form check of one submission (確認の印).

    `item` is the key of the line in `checklist`. Each submission is checked anew.
    """

    __tablename__ = "form_check_mark"

    proposal_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    verdict: Mapped[CheckVerdict] = mapped_column(stored_enum(CheckVerdict, "verdict"))
    reason: Mapped[str] = mapped_column(Text)
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    marked_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    marked_by: Mapped[User] = relationship()

    __table_args__ = (
        ForeignKeyConstraint(
            ["proposal_id", "revision_number"],
            ["proposal_revision.proposal_id", "proposal_revision.number"],
            name="fk_form_check_mark_proposal_revision",
        ),
        CheckConstraint("verdict <> 'waived' OR reason <> ''", name="waived_with_reason"),
    )
    __mapper_args__ = {"version_id_col": version}
