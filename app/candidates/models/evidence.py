"""What a candidate rests on (対象候補の根拠): cases and rows of the registers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.candidates.models.candidate import Candidate
from app.extensions import ALWAYS_THERE, Base
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry


class CandidateCase(Base):
    """A case that leads to a candidate (対象候補につながる案件), with who said so and why.

    `linked_by_id` None: so by the list that was loaded.
    """

    __tablename__ = "candidate_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    linked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    linked_at: Mapped[datetime]

    candidate: Mapped[Candidate] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    proposal: Mapped[Proposal] = relationship()
    linked_by: Mapped[User | None] = relationship()

    __table_args__ = (UniqueConstraint("candidate_id", "proposal_id"),)


class CandidateExemption(Base):
    """Why a case of the class for candidates leads to none (対象候補がない理由)."""

    __tablename__ = "candidate_exemption"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime]

    proposal: Mapped[Proposal] = relationship()
    given_by: Mapped[User | None] = relationship()


class CandidateRegisterEntry(Base):
    """A row of a register a candidate rests on (対象候補の台帳の行): a line of 分権提案, ….

    The numbers of the proposal (管理番号) stand at the row.
    """

    __tablename__ = "candidate_register_entry"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("register_entry.id"), primary_key=True, index=True
    )

    entry: Mapped[RegisterEntry] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
