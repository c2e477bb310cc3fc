"""What stood in a text at each saving (保存した版), and which form a draft began from."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base


class DraftVersion(Base):
    """The text of a proposal at one version of it (保存した版): the base of a merge.

    `saved_by_id` is None for a text that was only found there when the next one was saved. Kept
    for as long as a form of that version may still be open; the newest stays.
    """

    __tablename__ = "draft_version"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    # The page that saved it, and the how manieth saving of that page: see services.drafts.Page.
    form_key: Mapped[str] = mapped_column(String(32), default="")
    sequence: Mapped[int] = mapped_column(default=0)

    saved_by: Mapped[User | None] = relationship()

    __table_args__ = (Index("ix_draft_version_saved_at", "saved_at"),)


class DraftStart(Base):
    """Which showing of the form a draft began from (下書きの始まり): it begins one draft only."""

    __tablename__ = "draft_start"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    form_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
