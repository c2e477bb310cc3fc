"""Where cases come from and where they went (系譜): merges, splits, duplicates."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base
from app.proposals.models import Proposal

UNDO_COMPLETE = "(undone_at IS NULL) = (undone_by_id IS NULL)"


class Undoable:
    """An act that can be undone (取消し); its row stays for ever, with who undid it and why."""

    reason: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[str] = mapped_column(Text, default="")
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class CaseMerge(Undoable, Base):
    """One case gone into another (統合). `standing` is what the undoing brings back.

    `standing` holds the CaseStanding of the absorbed case, `reviewer_ids` and `opinion_id`.
    """

    __tablename__ = "case_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    absorbed_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    merged_at: Mapped[datetime]
    standing: Mapped[dict[str, Any]] = mapped_column(JSON)

    absorbed: Mapped[Proposal] = relationship(foreign_keys=absorbed_id)
    target: Mapped[Proposal] = relationship(foreign_keys=target_id)
    merged_by: Mapped[User] = relationship(foreign_keys=merged_by_id)

    __table_args__ = (
        CheckConstraint("absorbed_id <> target_id", name="two_cases"),
        CheckConstraint(UNDO_COMPLETE, name="undo_complete"),
        # A case is in one other case at a time.
        Index(
            "uq_case_merge_standing",
            "absorbed_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )


class CaseSplit(Undoable, Base):
    """One case made into several (分割). `content_before` is the text that was divided.

    `revision_number` is that of the text it left with the case: a later one is somebody's change.
    """

    __tablename__ = "case_split"

    id: Mapped[int] = mapped_column(primary_key=True)
    original_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    split_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    split_at: Mapped[datetime]
    content_before: Mapped[dict[str, Any]] = mapped_column(JSON)
    revision_number: Mapped[int]

    original: Mapped[Proposal] = relationship(foreign_keys=original_id)
    split_by: Mapped[User] = relationship(foreign_keys=split_by_id)
    parts: Mapped[list["SplitPart"]] = relationship(order_by="SplitPart.proposal_id")

    __table_args__ = (CheckConstraint(UNDO_COMPLETE, name="undo_complete"),)


class SplitPart(Base):
    """A case that was split off (分割した部分)."""

    __tablename__ = "split_part"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    split_id: Mapped[int] = mapped_column(ForeignKey("case_split.id"), index=True)

    proposal: Mapped[Proposal] = relationship(foreign_keys=proposal_id)


class DuplicateMark(Undoable, Base):
    """「R6-0229はR6-0228と重複」 (重複): a relation only, both cases go on."""

    __tablename__ = "duplicate_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    duplicate_of_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    marked_at: Mapped[datetime]

    proposal: Mapped[Proposal] = relationship(foreign_keys=proposal_id)
    duplicate_of: Mapped[Proposal] = relationship(foreign_keys=duplicate_of_id)
    marked_by: Mapped[User] = relationship(foreign_keys=marked_by_id)

    __table_args__ = (
        CheckConstraint("proposal_id <> duplicate_of_id", name="two_cases"),
        CheckConstraint(UNDO_COMPLETE, name="undo_complete"),
        Index(
            "uq_duplicate_mark_standing",
            "proposal_id",
            "duplicate_of_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )
