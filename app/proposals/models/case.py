"""The proposal, which is the case (提案), and what stood in it at each submission (提出版)."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.rounds.models import Category, Round
from app.workflow.holders import HolderKind
from app.workflow.states import State, state_name

if TYPE_CHECKING:
    from app.proposals.models.attachment import Attachment


class Proposal(Base):
    """One proposal of one body (提案). `state` is written by `lifecycle` alone."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    # 受付番号: given at the first submission, gapless per round, never used again.
    receipt_sequence: Mapped[int | None]
    receipt_number: Mapped[str | None] = mapped_column(String(16), unique=True)
    # 枝番: 1 for what a body submitted, from 2 on for a part that was split off (R6-0012-2).
    branch_number: Mapped[int] = mapped_column(default=1)
    # The case it went into (統合先), or the one its part went back to (分割の取消し). No foreign
    # key, see edited_by_id.
    merged_into_id: Mapped[int | None] = mapped_column(index=True)

    title: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    requested_measure: Mapped[str] = mapped_column(Text)
    hardship_case: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(Text)
    ministry_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    is_viewpoint_new_issue: Mapped[bool]
    is_viewpoint_reform_burden: Mapped[bool]
    is_viewpoint_timely_data: Mapped[bool]
    adoption_status: Mapped[str] = mapped_column(Text)
    bunken_control_number: Mapped[str] = mapped_column(String(16))
    contact_department: Mapped[str] = mapped_column(String(100))
    contact_email: Mapped[str] = mapped_column(String(254))
    # Answers to fields of the round's form that are no column, by name (その他の項目の回答).
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # Folded text that search looks in (検索キー); the typed text is never folded.
    search_key: Mapped[str] = mapped_column(Text)
    is_sample: Mapped[bool] = mapped_column(default=False)

    state: Mapped[State] = mapped_column(stored_enum(State, "state"))
    state_since: Mapped[datetime]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    provisional_category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    due_on: Mapped[date | None]
    is_late: Mapped[bool] = mapped_column(default=False)
    outcome_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    # Who changed the text last; that person does not approve it (決裁). No foreign key: SQLite
    # could add one only by building the table anew under its children.
    edited_by_id: Mapped[int | None]
    # Who looks at a pending case again on its revisit date (ペンディングの持ち主). No foreign key,
    # for the same reason.
    pending_owner_id: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    # What the body is told of replies (回答): when the first was released, and the date of the view
    # (見解) that is awaited. Written with a release and a view alone; empty before any release.
    replies_released_at: Mapped[datetime | None]
    view_due_on: Mapped[date | None]
    # Whose move it is (持ち主の種類), None where nothing is awaited: told by clocks, assignments,
    # opinions and hand-offs, and kept here by reports.backlog.keeping for what counts many cases.
    holder_kind: Mapped[HolderKind | None] = mapped_column(
        stored_enum(HolderKind, "holder_kind"), deferred=True
    )
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    organization: Mapped[Organization] = relationship(
        lazy="joined", innerjoin=ALWAYS_THERE, foreign_keys=organization_id
    )
    ministry: Mapped[Organization | None] = relationship(foreign_keys=ministry_id)
    category: Mapped[Category | None] = relationship(foreign_keys=category_id)
    provisional_category: Mapped[Category | None] = relationship(
        foreign_keys=provisional_category_id
    )
    created_by: Mapped[User] = relationship()
    merged_into: Mapped["Proposal | None"] = relationship(
        primaryjoin="foreign(Proposal.merged_into_id) == remote(Proposal.id)", viewonly=True
    )
    # All that were ever attached, removed and replaced ones too (添付の全版).
    attachments: Mapped[list["Attachment"]] = relationship(
        back_populates="proposal",
        cascade="all, delete-orphan",
        order_by="Attachment.position, Attachment.id",
    )

    __table_args__ = (
        UniqueConstraint("round_id", "receipt_sequence", "branch_number"),
        CheckConstraint("branch_number > 0", name="branch_number"),
        CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into_another"
        ),
        CheckConstraint(
            "(state IN ('classified', 'closed')) = (category_id IS NOT NULL)",
            name="category_when_classified",
        ),
        CheckConstraint(
            "(state = 'draft') = (receipt_number IS NULL)", name="receipt_after_submission"
        ),
        CheckConstraint(
            "(receipt_number IS NULL) = (receipt_sequence IS NULL)", name="receipt_pair"
        ),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="submitted_at_present"),
        CheckConstraint("state <> 'pending' OR due_on IS NOT NULL", name="revisit_date_present"),
        # For the lists (一覧): what is counted and in which order a page is read, without the rows.
        Index(
            "ix_proposal_listed_by_state",
            "round_id",
            "state",
            "receipt_sequence",
            "branch_number",
        ),
        Index("ix_proposal_listed_by_category", "round_id", "category_id", "state"),
        Index("ix_proposal_listed_by_body", "round_id", "organization_id", "state"),
        Index("ix_proposal_listed_by_due_date", "round_id", "due_on", "id"),
        Index("ix_proposal_organization_id_state", "organization_id", "state"),
        Index("ix_proposal_due_on", "due_on"),
        # All that the counts of a round by state, class and holder read (分類別の件数・滞留), in
        # the order in which they are grouped; the id for PostgreSQL, whose indexes have none.
        Index(
            "ix_proposal_counted",
            "round_id",
            "state",
            "category_id",
            "holder_kind",
            "state_since",
            "due_on",
            "organization_id",
            "branch_number",
            "merged_into_id",
            "pending_owner_id",
            "id",
        ),
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def state_name(self) -> str:
        """State as the machine names it: `in_review`, `classified_f5`."""
        return state_name(self.state, self.category.key if self.category else None)

    @property
    def is_part(self) -> bool:
        """Whether it was split off another case (分割した部分), not submitted by itself."""
        return self.branch_number > 1

    @property
    def is_rejoined(self) -> bool:
        """Whether it was a part that went back to its case (分割の取消し)."""
        into = self.merged_into if self.is_part else None
        return (
            into is not None and not into.is_part and into.receipt_sequence == self.receipt_sequence
        )

    @property
    def reference(self) -> str:
        """Receipt number, or 「下書き」 while there is none (受付番号)."""
        return self.receipt_number or "下書き"


class ProposalRevision(Base):
    """The text as it was submitted (提出版): number 1 at first, one more after each correction."""

    __tablename__ = "proposal_revision"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    # 起案者 and 決裁者, where the body signs off what it submits.
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Files as submitted (提出時の添付): attachment_id, name, sha256, size, kind, field, version.
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)
