"""A candidate as the list of its round has it (対象候補), its ministries and its way."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import Base, stored_enum
from app.rounds.models import Round
from app.workflow.candidates import (
    CandidateKind,
    CandidateOrigin,
    CandidateState,
    MinistryPart,
)

# What stands for a line without a number of its own.
UNNUMBERED = "＋"
FIRST_CIRCLED = 0x2460  # ①
LARGEST_MARK = 20  # ⑳ is the last one Unicode has in the row that starts with ①
LONGEST_SYSTEM = 300  # characters


class CandidateSection(Base):
    """Heading of the list of a round (一覧の区分): Ⅱ(1) クラウドの活用による…."""

    __tablename__ = "candidate_section"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))

    __table_args__ = (UniqueConstraint("round_id", "code"),)

    @property
    def printed(self) -> str:
        """Code and title in one line, as lists print it."""
        return f"{self.code} {self.title}"


class Candidate(Base):
    """A line of the list (対象候補の行). `state` is written by `lifecycle` alone.

    `mark` is the printed number, 9 for ⑨, None for a line ＋. Such a line is mostly an inquiry
    (検討): it has no life until it becomes a candidate. `is_provisional` is the 【P】 of the list.
    `origin` None: the line is printed without one. `changed_at` is set by every act, also one on
    dates and links, so that the version counts it.
    """

    __tablename__ = "candidate"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    position: Mapped[int]
    mark: Mapped[int | None]
    section_id: Mapped[int | None] = mapped_column(ForeignKey("candidate_section.id"), index=True)
    system: Mapped[str] = mapped_column(String(LONGEST_SYSTEM))
    origin: Mapped[CandidateOrigin | None] = mapped_column(stored_enum(CandidateOrigin, "origin"))
    kind: Mapped[CandidateKind] = mapped_column(stored_enum(CandidateKind, "kind"))
    is_provisional: Mapped[bool] = mapped_column(default=False)
    state: Mapped[CandidateState] = mapped_column(stored_enum(CandidateState, "state"))
    source: Mapped[str] = mapped_column(String(300), default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # A line entered by mistake (取消し): it is kept, and stands in no list any more.
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    cancelled_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    section: Mapped[CandidateSection | None] = relationship(lazy="joined")
    created_by: Mapped[User | None] = relationship(foreign_keys=created_by_id)
    cancelled_by: Mapped[User | None] = relationship(foreign_keys=cancelled_by_id)
    ministries: Mapped[list["CandidateMinistry"]] = relationship(
        order_by="CandidateMinistry.position", cascade="all, delete-orphan", lazy="selectin"
    )
    moves: Mapped[list["CandidateMove"]] = relationship(order_by="CandidateMove.id")

    __table_args__ = (
        UniqueConstraint("round_id", "mark"),
        CheckConstraint("position > 0", name="position"),
        CheckConstraint(f"mark BETWEEN 1 AND {LARGEST_MARK}", name="mark"),
        CheckConstraint("kind = 'candidate' OR state = 'proposed'", name="inquiry_has_no_life"),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)"
            " AND (cancelled_at IS NULL OR (state = 'proposed' AND mark IS NULL))",
            name="cancelled",
        ),
        Index("ix_candidate_round_id_position", "round_id", "position"),
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def printed_mark(self) -> str:
        """The mark as printed (番号): ⑨, ＋ for a line without a number."""
        return UNNUMBERED if self.mark is None else chr(FIRST_CIRCLED + self.mark - 1)

    @property
    def name(self) -> str:
        """Mark and system in one line (①入札参加資格審査システム)."""
        return f"{self.printed_mark}{self.system}"


class CandidateMinistry(Base):
    """A ministry of a candidate (担当府省庁・関係府省庁), in the printed order.

    `printed_name` is the word of the list; `organization_id` None: nobody of that name has a desk
    here (行革事務局).
    """

    __tablename__ = "candidate_ministry"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    position: Mapped[int]
    part: Mapped[MinistryPart] = mapped_column(stored_enum(MinistryPart, "part"))
    printed_name: Mapped[str] = mapped_column(String(100))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)

    organization: Mapped[Organization | None] = relationship()

    __table_args__ = (UniqueConstraint("candidate_id", "printed_name"),)


class CandidateMove(Base):
    """A step of a candidate from one state to the next (対象候補の経過), with day and reason.

    One that was taken back (取消し) stays in the list and counts no more.
    """

    __tablename__ = "candidate_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    from_state: Mapped[CandidateState] = mapped_column(stored_enum(CandidateState, "from_state"))
    to_state: Mapped[CandidateState] = mapped_column(stored_enum(CandidateState, "to_state"))
    # The day it was decided, in the meeting or by letter; `moved_at` is when it was entered.
    decided_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    moved_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    taken_back_reason: Mapped[str] = mapped_column(Text, default="")

    moved_by: Mapped[User] = relationship(foreign_keys=moved_by_id)
    taken_back_by: Mapped[User | None] = relationship(foreign_keys=taken_back_by_id)

    __table_args__ = (
        CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_complete"
        ),
    )
