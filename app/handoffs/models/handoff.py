"""A case forwarded to one destination (送付・検討要請): dates, files, batches."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.files.models import StoredFile
from app.proposals.models import Attachment, Proposal
from app.rounds.models import Round
from app.workflow.handoffs import HandoffPart, HandoffPurpose, HandoffState
from app.workflow.terms import Term

_OPEN = "state IN ('prepared', 'sent', 'acknowledged', 'answered')"


class HandoffBatch(Base):
    """Hand-offs that are prepared, looked at and sent together (まとめて送付).

    `reply_due_on` is an announced date for all of them; without it the term of the round counts.
    """

    __tablename__ = "handoff_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    # Number of the cover letter (文書番号), "" for none.
    letter_number: Mapped[str] = mapped_column(String(100), default="")
    reply_due_on: Mapped[date | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    created_by: Mapped[User] = relationship(foreign_keys=created_by_id)
    sent_by: Mapped[User | None] = relationship(foreign_keys=sent_by_id)
    handoffs: Mapped[list["Handoff"]] = relationship(back_populates="batch", order_by="Handoff.id")

    __table_args__ = (
        CheckConstraint("(sent_at IS NULL) = (sent_by_id IS NULL)", name="sent_complete"),
        CheckConstraint("sent_at IS NULL OR discarded_at IS NULL", name="sent_or_discarded"),
    )
    __mapper_args__ = {"version_id_col": version}


class Handoff(Base):
    """A case forwarded to one destination (送付). `state` is written by `lifecycle` alone.

    `due_on` is the date of the running term, acknowledgement or reply, None when none runs; its
    history lies in HandoffDue. A destination refused as 所管外 is followed by a new hand-off that
    points back (`rerouted_from`). `round_number` counts the reply rounds from 1.
    """

    __tablename__ = "handoff"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("handoff_batch.id"), index=True)
    part: Mapped[HandoffPart] = mapped_column(stored_enum(HandoffPart, "part"))
    purpose: Mapped[HandoffPurpose] = mapped_column(stored_enum(HandoffPurpose, "purpose"))
    state: Mapped[HandoffState] = mapped_column(stored_enum(HandoffState, "state"))
    # What the secretariat asks (依頼文); locked once it is sent.
    request_text: Mapped[str] = mapped_column(Text)
    round_number: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date | None]
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acknowledged_at: Mapped[datetime | None]
    # Who answers it inside the ministry (省内の担当).
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    # End of its life: settled, refused or recalled (完了・所管外・取下げ), by whom and why.
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    end_reason: Mapped[str] = mapped_column(Text, default="")
    # Where a refusing destination thinks it belongs (所管と思われる府省庁), None for unknown.
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    rerouted_from_id: Mapped[int | None] = mapped_column(ForeignKey("handoff.id"), index=True)
    # Version of the case for which it was decided to keep this one while the case is classified
    # anew (仕分け直しでも残す).
    kept_for_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    destination: Mapped[Organization] = relationship(
        lazy="joined", innerjoin=ALWAYS_THERE, foreign_keys=destination_id
    )
    batch: Mapped[HandoffBatch | None] = relationship(back_populates="handoffs")
    prepared_by: Mapped[User] = relationship(foreign_keys=prepared_by_id)
    sent_by: Mapped[User | None] = relationship(foreign_keys=sent_by_id)
    acknowledged_by: Mapped[User | None] = relationship(foreign_keys=acknowledged_by_id)
    assignee: Mapped[User | None] = relationship(foreign_keys=assignee_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)
    suggested: Mapped[Organization | None] = relationship(foreign_keys=suggested_id)
    rerouted_from: Mapped["Handoff | None"] = relationship(remote_side="Handoff.id")
    dues: Mapped[list["HandoffDue"]] = relationship(order_by="HandoffDue.id")
    files: Mapped[list["HandoffFile"]] = relationship(
        order_by="HandoffFile.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("round_number > 0", name="round_number"),
        CheckConstraint("(sent_at IS NULL) = (sent_by_id IS NULL)", name="sent_complete"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="end_complete"),
        CheckConstraint(f"({_OPEN}) = (ended_at IS NULL)", name="ended_when_over"),
        # One lead at a time, and no second open hand-off of a case to the same destination.
        Index(
            "uq_handoff_open_lead",
            "proposal_id",
            unique=True,
            sqlite_where=text(f"part = 'lead' AND {_OPEN}"),
            postgresql_where=text(f"part = 'lead' AND {_OPEN}"),
        ),
        Index(
            "uq_handoff_open_destination",
            "proposal_id",
            "destination_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_handoff_destination_id_state", "destination_id", "state"),
        Index("ix_handoff_state_due_on", "state", "due_on"),
        # All that the report of the backlog asks of those that are not over (未了の送付).
        Index(
            "ix_handoff_open",
            "state",
            "destination_id",
            "proposal_id",
            "due_on",
            "sent_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}


class HandoffDue(Base):
    """A date of a hand-off as it was set (送付の期限の履歴): the last one of a term is in force.

    A period has `office_days`, counted from `started_on`; an announced date (日付指定) has none.
    """

    __tablename__ = "handoff_due"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id"), index=True)
    term: Mapped[Term] = mapped_column(stored_enum(Term, "term"))
    round_number: Mapped[int]
    started_on: Mapped[date]
    office_days: Mapped[int | None]
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]

    set_by: Mapped[User | None] = relationship()


class HandoffFile(Base):
    """A file that goes with a hand-off (送付する資料): of the case, or added by the secretariat."""

    __tablename__ = "handoff_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id"), index=True)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    attachment: Mapped[Attachment | None] = relationship()
    stored_file: Mapped[StoredFile | None] = relationship()

    __table_args__ = (
        CheckConstraint("(attachment_id IS NULL) <> (stored_file_id IS NULL)", name="one_source"),
    )
