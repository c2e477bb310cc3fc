"""Who can take how much of what, and plans of assignment (担当者の条件・割当の規則・割当案)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models import Proposal
from app.rounds.models import Round


class SkillTag(Base):
    """A field of work that a reviewer knows (得意分野): 税, 福祉, 住民記録 …"""

    __tablename__ = "skill_tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(40), unique=True)


class ReviewerProfile(Base):
    """What a reviewer takes on (担当者の条件): `cap` is the most cases at once, None for no cap.

    Who has no row has no cap, and takes work as an officer.
    """

    __tablename__ = "reviewer_profile"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    cap: Mapped[int | None]
    takes_work: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __table_args__ = (CheckConstraint("cap IS NULL OR cap >= 0", name="cap_positive"),)
    __mapper_args__ = {"version_id_col": version}


class ReviewerSkill(Base):
    """A field a reviewer knows (担当者の得意分野)."""

    __tablename__ = "reviewer_skill"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("skill_tag.id"), primary_key=True, index=True)


class RuleKind(StrEnum):
    """What a rule of assignment looks at (割当の規則の種類)."""

    MINISTRY = "ministry"
    ORG_TYPE = "org_type"
    WORDS = "words"
    CATEGORY = "category"


class AssignmentRuleSet(Base):
    """The rules of assignment as they stood from one day on (割当の規則の版): never changed."""

    __tablename__ = "assignment_rule_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    created_by: Mapped[User] = relationship()
    rules: Mapped[list["AssignmentRule"]] = relationship(
        order_by="AssignmentRule.position", lazy="selectin"
    )


class AssignmentRule(Base):
    """One rule (割当の規則): cases like this go to whoever knows a field, or to one person.

    `value` is the id of a ministry, a type of body, words of the text, or the key of a category.
    The first rule that fits a case counts.
    """

    __tablename__ = "assignment_rule"

    rule_set_id: Mapped[int] = mapped_column(ForeignKey("assignment_rule_set.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[RuleKind] = mapped_column(stored_enum(RuleKind, "kind"))
    value: Mapped[str] = mapped_column(String(100))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("skill_tag.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    tag: Mapped[SkillTag | None] = relationship(lazy="joined")
    reviewer: Mapped[User | None] = relationship(lazy="joined")

    __table_args__ = (
        CheckConstraint("(tag_id IS NULL) <> (reviewer_id IS NULL)", name="one_target"),
    )


class PlanStage(StrEnum):
    """What became of a plan (割当案の状況)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DISCARDED = "discarded"
    UNDONE = "undone"


class AssignmentPlan(Base):
    """Who is to get which case (割当案): without effect, and its maker's alone, until published."""

    __tablename__ = "assignment_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    reviewers_per_case: Mapped[int]
    seed: Mapped[int]
    rule_set_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_rule_set.id"))
    stage: Mapped[PlanStage] = mapped_column(stored_enum(PlanStage, "stage"))
    decided_at: Mapped[datetime | None]
    # The sitting it was published in: only there it can be taken back. "" for none.
    session_key: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    created_by: Mapped[User] = relationship()
    rule_set: Mapped[AssignmentRuleSet | None] = relationship()
    rows: Mapped[list["AssignmentPlanRow"]] = relationship(
        cascade="all, delete-orphan",
        order_by="AssignmentPlanRow.proposal_id, AssignmentPlanRow.slot",
    )

    __table_args__ = (
        CheckConstraint("reviewers_per_case > 0", name="reviewers_positive"),
        CheckConstraint("(stage = 'draft') = (decided_at IS NULL)", name="decided_when_over"),
        Index("ix_assignment_plan_round_id_stage", "round_id", "stage"),
    )
    __mapper_args__ = {"version_id_col": version}


class AssignmentPlanRow(Base):
    """One place in a plan (割当案の行): a case, who is to get it, and why, in words.

    `reviewer_id` is None for a place nobody can take; `why` says then what is in the way.
    `case_version` is the version of the case it was planned from, later that after publication.
    """

    __tablename__ = "assignment_plan_row"

    plan_id: Mapped[int] = mapped_column(ForeignKey("assignment_plan.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    why: Mapped[str] = mapped_column(Text)
    case_version: Mapped[int]
    # Category that was suggested when the plan was made (候補の分類), "" where no rule asks for it.
    suggested_key: Mapped[str] = mapped_column(String(16), default="")
    # Where the case stood before it was assigned (控え), kept for taking the publication back.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    proposal: Mapped[Proposal] = relationship()
    reviewer: Mapped[User | None] = relationship()

    __table_args__ = (UniqueConstraint("plan_id", "proposal_id", "reviewer_id"),)


class AssignmentDecline(Base):
    """A case a reviewer gave back (担当の返上): no plan gives it to the same person again."""

    __tablename__ = "assignment_decline"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text)
    declined_at: Mapped[datetime]
