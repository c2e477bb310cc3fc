"""Plans of erasure, holds, lists of what is erased, media (個人情報の廃棄)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models import Proposal
from app.rounds.models import Round


class ErasurePlan(Base):
    """When and how the personal data of one round are erased (廃棄の計画), one row a round.

    In force once another person than its writer approved it; a change takes the approval off.
    """

    __tablename__ = "erasure_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True)
    # Last day on which the data are needed (利用目的の終わり); erased from the day after.
    purpose_ends_on: Mapped[date]
    purpose: Mapped[str] = mapped_column(Text)
    storage: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    # Whether the attached files go, too (添付も廃棄する).
    erases_files: Mapped[bool]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    written_by: Mapped[User] = relationship(foreign_keys=written_by_id)
    approved_by: Mapped[User | None] = relationship(foreign_keys=approved_by_id)

    __table_args__ = (
        CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name="approval_complete"
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> written_by_id",
            name="approved_by_another",
        ),
    )
    __mapper_args__ = {"version_id_col": version}


class HoldGround(StrEnum):
    """Why a case is kept as it is (廃棄の保留の事由)."""

    RECORD = "record"  # 公文書としての保存
    DISPUTE = "dispute"  # 係争・審査請求
    INCIDENT = "incident"  # 事故の調査


class ErasureHold(Base):
    """A case whose personal data are not erased for now (廃棄の保留)."""

    __tablename__ = "erasure_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    ground: Mapped[HoldGround] = mapped_column(stored_enum(HoldGround, "ground"))
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    placed_at: Mapped[datetime]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str] = mapped_column(Text, default="")

    proposal: Mapped[Proposal] = relationship()
    placed_by: Mapped[User] = relationship(foreign_keys=placed_by_id)
    lifted_by: Mapped[User | None] = relationship(foreign_keys=lifted_by_id)

    __table_args__ = (
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
            name="lift_complete",
        ),
    )


class DisposalList(Base):
    """The cases of a round that are to be erased (廃棄の一覧): proposed, asked for, approved, done.

    Proposed by the job when the plan says so; asked for by one person and approved by another one
    (P29). `finished_at`: every case of it is erased or was kept. `wiped_at`: the place on the disk
    was cleared, too.
    """

    __tablename__ = "disposal_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("erasure_plan.id"), index=True)
    proposed_at: Mapped[datetime]
    # Digest of the case ids as they were proposed: what was approved is what was seen.
    digest: Mapped[str] = mapped_column(String(64))
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    plan: Mapped[ErasurePlan] = relationship()
    requested_by: Mapped[User | None] = relationship(foreign_keys=requested_by_id)
    approved_by: Mapped[User | None] = relationship(foreign_keys=approved_by_id)
    items: Mapped[list["DisposalItem"]] = relationship(order_by="DisposalItem.proposal_id")

    __table_args__ = (
        CheckConstraint(
            "(requested_at IS NULL) = (requested_by_id IS NULL)", name="request_complete"
        ),
        CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)"
            " AND (approved_at IS NULL OR requested_at IS NOT NULL)",
            name="approval_complete",
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> requested_by_id",
            name="approved_by_another",
        ),
        CheckConstraint(
            "finished_at IS NULL OR approved_at IS NOT NULL", name="finished_after_approval"
        ),
        Index("ix_disposal_list_finished_at", "finished_at"),
    )
    __mapper_args__ = {"version_id_col": version}


class ItemOutcome(StrEnum):
    """What became of a case of the list (廃棄の結果)."""

    ERASED = "erased"
    KEPT = "kept"  # 保留されていた


class DisposalItem(Base):
    """One case of a list and, once it is done, the proof of it (廃棄の記録).

    Holds no personal data: how many places were erased, by kind, and a digest over all that was
    there, made with the key of the application.
    """

    __tablename__ = "disposal_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("disposal_list.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    outcome: Mapped[ItemOutcome | None] = mapped_column(stored_enum(ItemOutcome, "outcome"))
    done_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    digest: Mapped[str] = mapped_column(String(64), default="")

    proposal: Mapped[Proposal] = relationship()

    __table_args__ = (
        UniqueConstraint("list_id", "proposal_id"),
        CheckConstraint("(outcome IS NULL) = (done_at IS NULL)", name="outcome_complete"),
    )


class MediumKind(StrEnum):
    """What the data lie on (媒体の種類)."""

    BACKUP = "backup"
    DISK = "disk"
    PORTABLE = "portable"
    PAPER = "paper"


class StorageMedium(Base):
    """A backup or medium with personal data, until it is destroyed (媒体・写しの廃棄簿)."""

    __tablename__ = "storage_medium"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MediumKind] = mapped_column(stored_enum(MediumKind, "kind"))
    # Name or serial number, as it is written on it.
    label: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    made_on: Mapped[date]
    # Day on which it must be destroyed.
    destroy_by: Mapped[date]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    registered_at: Mapped[datetime]
    destroyed_on: Mapped[date | None]
    method: Mapped[str] = mapped_column(Text, default="")
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    # Day on which the key of a sealed backup was destroyed (鍵の破棄).
    key_destroyed_on: Mapped[date | None]
    # sha256 of the certificate of destruction, "" where there is none.
    certificate_sha256: Mapped[str] = mapped_column(String(64), default="")
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime | None]

    registered_by: Mapped[User] = relationship(foreign_keys=registered_by_id)
    witness: Mapped[User | None] = relationship(foreign_keys=witness_id)
    noted_by: Mapped[User | None] = relationship(foreign_keys=noted_by_id)

    __table_args__ = (
        CheckConstraint("destroy_by >= made_on", name="period_order"),
        CheckConstraint(
            "(destroyed_on IS NULL) = (noted_at IS NULL)"
            " AND (destroyed_on IS NULL) = (noted_by_id IS NULL)"
            " AND (destroyed_on IS NULL) = (witness_id IS NULL)"
            " AND (destroyed_on IS NULL) = (method = '')",
            name="destruction_complete",
        ),
        CheckConstraint("witness_id IS NULL OR witness_id <> noted_by_id", name="witness_another"),
        CheckConstraint(
            "certificate_sha256 = '' OR length(certificate_sha256) = 64", name="certificate"
        ),
    )
