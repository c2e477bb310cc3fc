"""Differences in the words of a body (違い), the index of texts, verdicts on pairs (類似)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    delete,
    event,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
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


class ProposalVector(Base):
    """What is compared of the text of a proposal (索引の1行), as its text stood at a version.

    `fingerprint` names the text: rows of one fingerprint hold the same bytes, in any database.
    """

    __tablename__ = "proposal_vector"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, autoincrement=False
    )
    proposal_version: Mapped[int]
    fingerprint: Mapped[int] = mapped_column(BigInteger)
    # Which encoder and which way of cutting made it; another one makes it anew.
    engine: Mapped[str] = mapped_column(String(32))
    # 512 numbers of 16 bits.
    meaning: Mapped[bytes] = mapped_column(LargeBinary)
    # Numbers of 32 bits, one per pair of letters of the text (`letters`).
    pairs: Mapped[bytes] = mapped_column(LargeBinary)


class Verdict(StrEnum):
    """What an officer says of a pair of cases (重複の判定)."""

    NOT_DUPLICATE = "not_duplicate"
    SUSPECTED = "suspected"


class PairVerdict(Base):
    """An officer's word on two cases (重複の判定), one per pair; the trail keeps earlier ones."""

    __tablename__ = "pair_verdict"

    lower_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, autoincrement=False
    )
    higher_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, autoincrement=False, index=True
    )
    verdict: Mapped[Verdict] = mapped_column(stored_enum(Verdict, "verdict"))
    note: Mapped[str] = mapped_column(Text)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    given_by: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)

    __table_args__ = (CheckConstraint("lower_id < higher_id", name="two_proposals"),)
    __mapper_args__ = {"version_id_col": version}


def forget_draft(_mapper: Mapper[Any], connection: Connection, proposal: Proposal) -> None:
    """Delete the notes of and about a draft, and its row of the index, with it (下書きの削除)."""
    connection.execute(
        delete(SimilarNote).where(
            (SimilarNote.proposal_id == proposal.id)
            | (SimilarNote.similar_proposal_id == proposal.id)
        )
    )
    connection.execute(delete(ProposalVector).where(ProposalVector.proposal_id == proposal.id))


event.listen(Proposal, "before_delete", forget_draft)
