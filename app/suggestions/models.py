"""What people said of suggestions, and what was shown to them (候補への判断・示した候補)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.registers.models import RegisterEntry


class Rule(StrEnum):
    """Why a register row is suggested (候補の規則)."""

    CONTROL_NUMBER = "control_number"
    NAME = "name"
    EXAMPLE = "example"
    SURVEY = "survey"
    WORDS = "words"
    MEANING = "meaning"


class Verdict(StrEnum):
    """What a person said of a suggestion (候補への判断)."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class SuggestionVerdict(Base):
    """One word of a person on a suggested row of a case (候補への判断), with the suggestion itself.

    Accepted: the row was taken into an opinion. Rejected: 「当たらない」; taken back it stays here,
    with the instant. `span_start` and `span_end` count characters of the field as it was typed.
    """

    __tablename__ = "suggestion_verdict"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    register_entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"))
    category_key: Mapped[str] = mapped_column(String(16))
    rule: Mapped[Rule] = mapped_column(stored_enum(Rule, "rule"))
    field: Mapped[str] = mapped_column(String(32))
    span_start: Mapped[int]
    span_end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    score: Mapped[float]
    verdict: Mapped[Verdict] = mapped_column(stored_enum(Verdict, "verdict"))
    reason: Mapped[str] = mapped_column(Text)
    engine_version: Mapped[str] = mapped_column(String(16))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    decided_by: Mapped[User] = relationship()
    register_entry: Mapped[RegisterEntry] = relationship()

    __table_args__ = (
        CheckConstraint("span_start >= 0 AND span_end > span_start", name="span"),
        # A person rejects a row of a case once, until it is taken back.
        Index(
            "uq_suggestion_verdict_rejected",
            "proposal_id",
            "register_entry_id",
            "decided_by_id",
            unique=True,
            sqlite_where=text("verdict = 'rejected' AND taken_back_at IS NULL"),
            postgresql_where=text("verdict = 'rejected' AND taken_back_at IS NULL"),
        ),
    )


class ShownSuggestion(Base):
    """A suggestion as it stood on the desk when an opinion was registered (示した候補).

    `position` is 1 for the best. `verdict` is None where the person let it be (見送り).
    """

    __tablename__ = "shown_suggestion"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    register_entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"))
    category_key: Mapped[str] = mapped_column(String(16))
    rule: Mapped[Rule] = mapped_column(stored_enum(Rule, "rule"))
    field: Mapped[str] = mapped_column(String(32))
    span_start: Mapped[int]
    span_end: Mapped[int]
    score: Mapped[float]
    engine_version: Mapped[str] = mapped_column(String(16))
    shown_at: Mapped[datetime] = mapped_column(index=True)
    verdict: Mapped[Verdict | None] = mapped_column(stored_enum(Verdict, "verdict"))

    register_entry: Mapped[RegisterEntry] = relationship()

    __table_args__ = (
        UniqueConstraint("assessment_id", "register_entry_id"),
        CheckConstraint("position > 0", name="position"),
    )
