"""Replies (回答), requests to examine again (再検討要請), releases (公開), views (見解)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.files.models import StoredFile
from app.handoffs.models.handoff import Handoff
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.workflow.handoffs import ReplyKind, ReplyStatus


class Reply(Base):
    """Answer of a destination in one reply round (回答), written inside the ministry first.

    Locked once sent: a change is another round. Nobody outside the ministry and the secretariat
    learns anything of it before its release (公開), not even that it is there.
    """

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id"))
    round_number: Mapped[int]
    status: Mapped[ReplyStatus] = mapped_column(stored_enum(ReplyStatus, "status"))
    kind: Mapped[ReplyKind | None] = mapped_column(stored_enum(ReplyKind, "kind"))
    text: Mapped[str] = mapped_column(Text, default="")
    # When it will be done or concluded (対応・結論の予定日).
    planned_on: Mapped[date | None]
    # Why it is of another kind than the reply to the same matter a round before (前回と違う理由).
    why_different: Mapped[str | None] = mapped_column(Text)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime]
    # Why it was given back inside the ministry (差戻しのわけ), "" when it was not.
    return_note: Mapped[str] = mapped_column(Text, default="")
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime | None]
    release_id: Mapped[int | None] = mapped_column(ForeignKey("reply_release.id"), index=True)
    version: Mapped[int] = mapped_column()

    handoff: Mapped[Handoff] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    drafted_by: Mapped[User] = relationship(foreign_keys=drafted_by_id)
    sent_by: Mapped[User | None] = relationship(foreign_keys=sent_by_id)
    release: Mapped["ReplyRelease | None"] = relationship(back_populates="replies")
    files: Mapped[list["ReplyFile"]] = relationship(
        order_by="ReplyFile.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("handoff_id", "round_number"),
        CheckConstraint("round_number > 0", name="round_number"),
        CheckConstraint(
            "(status = 'sent') = (sent_at IS NOT NULL)"
            " AND (sent_at IS NULL) = (sent_by_id IS NULL)",
            name="sent_complete",
        ),
        CheckConstraint("status <> 'sent' OR kind IS NOT NULL", name="kind_when_sent"),
        CheckConstraint("release_id IS NULL OR status = 'sent'", name="released_when_sent"),
    )
    __mapper_args__ = {"version_id_col": version}


class ReplyFile(Base):
    """A file that goes with a reply (回答の添付)."""

    __tablename__ = "reply_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("reply.id"), index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    stored_file: Mapped[StoredFile] = relationship()


class Reexamination(Base):
    """Request to examine a reply again (再検討要請): it opens the reply round of its number."""

    __tablename__ = "reexamination"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id"))
    round_number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]

    handoff: Mapped[Handoff] = relationship()
    asked_by: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("handoff_id", "round_number"),
        CheckConstraint("round_number > 1", name="round_number"),
    )


class ReplyRelease(Base):
    """One act that shows replies to the bodies that proposed (回答の公開): all at once or none."""

    __tablename__ = "reply_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    note: Mapped[str] = mapped_column(String(200), default="")
    released_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    released_by: Mapped[User] = relationship()
    replies: Mapped[list[Reply]] = relationship(back_populates="release")


class BodyView(Base):
    """What the proposing body says to the released replies of a case (提案団体の見解).

    Asked for by a release, due in office days; `filed_at` None while it is awaited. `text` "" with
    `filed_at` means that the body has none (見解なし).
    """

    __tablename__ = "body_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    release_id: Mapped[int] = mapped_column(ForeignKey("reply_release.id"), index=True)
    asked_on: Mapped[date]
    office_days: Mapped[int]
    due_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text, default="")
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    filed_at: Mapped[datetime | None]
    # The secretariat went on without it (見解を待たずに進めた).
    lapsed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    release: Mapped[ReplyRelease] = relationship()
    filed_by: Mapped[User | None] = relationship()

    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(filed_at IS NULL) = (filed_by_id IS NULL)", name="filed_complete"),
    )
    __mapper_args__ = {"version_id_col": version}
