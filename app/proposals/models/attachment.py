"""Files attached to a proposal (添付): annexes of its fields, and references."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.files.models import StoredFile
from app.proposals.models.case import Proposal


class AttachmentKind(StrEnum):
    """What a file is to the proposal (添付の種類): it continues a field, or it is a reference."""

    ANNEX = "annex"
    REFERENCE = "reference"


class Attachment(Base):
    """One file of a proposal (添付); a removed one stays on record, for it may have been submitted.

    A replacement is a new row with the next `version_number` that names the row it replaces.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    position: Mapped[int]
    kind: Mapped[AttachmentKind] = mapped_column(stored_enum(AttachmentKind, "kind"))
    # For an annex (別紙): name of the field it continues; empty for a reference.
    field: Mapped[str] = mapped_column(String(64), default="")
    version_number: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"), unique=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    # Deleting a draft deletes its attachments and their files; the blobs are swept later.
    proposal: Mapped[Proposal] = relationship(back_populates="attachments")
    file: Mapped[StoredFile] = relationship(
        lazy="joined", innerjoin=ALWAYS_THERE, cascade="all, delete-orphan", single_parent=True
    )
    replaces: Mapped["Attachment | None"] = relationship(remote_side="Attachment.id")
    added_by: Mapped[User] = relationship(foreign_keys=added_by_id)

    __table_args__ = (
        CheckConstraint("(kind = 'annex') = (field <> '')", name="annex_names_field"),
        CheckConstraint(
            "(version_number = 1) = (replaces_id IS NULL) AND version_number > 0",
            name="version_number",
        ),
        CheckConstraint("(removed_at IS NULL) = (removed_by_id IS NULL)", name="removal_complete"),
        Index("ix_attachment_proposal_id_position", "proposal_id", "position"),
    )
