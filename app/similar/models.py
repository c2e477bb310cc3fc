"""How a proposal differs from a similar one (「違いは…」)."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Text,
    UniqueConstraint,
    delete,
    event,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base
from app.proposals.models import Proposal


class SimilarNote(Base):
    """Why a proposal is made though a similar one exists (違い), in the words of its body."""

    __tablename__ = "similar_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    similar_proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    difference: Mapped[str] = mapped_column(Text)
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    similar_proposal: Mapped[Proposal] = relationship(foreign_keys=similar_proposal_id)
    noted_by: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("proposal_id", "similar_proposal_id"),
        CheckConstraint("proposal_id <> similar_proposal_id", name="two_proposals"),
    )
    __mapper_args__ = {"version_id_col": version}


def forget_notes(_mapper: Mapper[Any], connection: Connection, proposal: Proposal) -> None:
    """Delete the notes of and about a draft together with it (下書きの削除)."""
    connection.execute(
        delete(SimilarNote).where(
            (SimilarNote.proposal_id == proposal.id)
            | (SimilarNote.similar_proposal_id == proposal.id)
        )
    )


event.listen(Proposal, "before_delete", forget_notes)
