"""Comments on a case and who is meant by them (コメント・知らせる人)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.proposals.models import Proposal


class CommentAudience(StrEnum):
    """Who reads a comment (読む人); the secretariat reads all of them."""

    INTERNAL = "internal"
    MINISTRY = "ministry"
    BODY = "body"


class Comment(Base):
    """One comment (コメント). Its text never changes; it can be shown to more, or taken back.

    `widened_at` tells that it was internal at first and shown to more later (公開範囲の拡大).
    """

    __tablename__ = "case_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    body: Mapped[str] = mapped_column(Text)
    audience: Mapped[CommentAudience] = mapped_column(stored_enum(CommentAudience, "audience"))
    written_at: Mapped[datetime]
    widened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    widened_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    proposal: Mapped[Proposal] = relationship()
    author: Mapped[User] = relationship(
        lazy="joined", innerjoin=ALWAYS_THERE, foreign_keys=author_id
    )
    widened_by: Mapped[User | None] = relationship(foreign_keys=widened_by_id)
    mentions: Mapped[list["CommentMention"]] = relationship(
        back_populates="comment", order_by="CommentMention.user_id", lazy="selectin"
    )

    __table_args__ = (
        CheckConstraint("(widened_at IS NULL) = (widened_by_id IS NULL)", name="widened_pair"),
        CheckConstraint(
            "widened_at IS NULL OR audience <> 'internal'", name="widened_beyond_internal"
        ),
        Index("ix_case_comment_proposal_id_id", "proposal_id", "id"),
    )
    __mapper_args__ = {"version_id_col": version}


class CommentMention(Base):
    """A colleague a comment is meant for (知らせる人); `read_at` once the person has said so."""

    __tablename__ = "comment_mention"

    comment_id: Mapped[int] = mapped_column(ForeignKey("case_comment.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    read_at: Mapped[datetime | None]

    comment: Mapped[Comment] = relationship(back_populates="mentions")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)

    __table_args__ = (Index("ix_comment_mention_user_id_read_at", "user_id", "read_at"),)
