"""Clusters of systems that do the same (機能のまとまり), the runs that find them, corrections."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models import Proposal
from app.rounds.models import Round


class RunStage(StrEnum):
    """How far a run has come (まとめ直しの段階)."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Adoption(StrEnum):
    """Whether a body has a system for the duty, and the duty at all (導入状況)."""

    ADOPTED = "adopted"
    NOT_ADOPTED = "not_adopted"
    NO_DUTY = "no_duty"
    UNKNOWN = "unknown"


class JoinedBy(StrEnum):
    """Why a case is in a cluster (加わった理由)."""

    FUNCTION = "function"
    PACKAGE = "package"
    OFFICER = "officer"


class CorrectionKind(StrEnum):
    """What an officer corrects in a cluster (まとまりの訂正)."""

    REMOVE = "remove"
    ADD = "add"
    MERGE = "merge"


class ClusterRun(Base):
    """One run over a round (まとめ直し); `requested_by` is None for the nightly one.

    `touched_at` is its last sign of life, `basis` a digest of the texts and corrections it read.
    """

    __tablename__ = "cluster_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    stage: Mapped[RunStage] = mapped_column(stored_enum(RunStage, "stage"))
    started_at: Mapped[datetime | None]
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    cases_total: Mapped[int] = mapped_column(default=0)
    cases_done: Mapped[int] = mapped_column(default=0)
    engine: Mapped[str] = mapped_column(String(40), default="")
    basis: Mapped[str] = mapped_column(String(64), default="")
    failure: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    requested_by: Mapped[User | None] = relationship()

    @property
    def percent(self) -> int:
        """How far it has read (進み具合), 0 to 100: the number of cases is not for every reader."""
        return 100 * self.cases_done // self.cases_total if self.cases_total else 0

    __table_args__ = (
        CheckConstraint("cases_done >= 0 AND cases_total >= 0", name="cases"),
        CheckConstraint(
            "(stage IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_at_end"
        ),
        Index("ix_cluster_run_stage", "stage"),
    )
    __mapper_args__ = {"version_id_col": version}


class SystemReading(Base):
    """What was read out of one proposal (システムの読取り), kept while its text stays the same.

    `digest` is of the text and the engine; `functions`, `names` and `duties` are lists of data with
    the words they were read from, `vectors` the meaning of the functions (float32).
    """

    __tablename__ = "system_reading"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, autoincrement=False
    )
    digest: Mapped[str] = mapped_column(String(64))
    functions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    names: Mapped[list[str]] = mapped_column(JSON)
    duties: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    adoption: Mapped[Adoption] = mapped_column(stored_enum(Adoption, "adoption"))
    adoption_words: Mapped[str] = mapped_column(Text)
    vectors: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Cluster(Base):
    """Cases whose systems do the same (機能のまとまり). It keeps its id from run to run.

    An ended one has no members; merged into another, its address leads there.
    """

    __tablename__ = "cluster"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    members: Mapped[list["ClusterMember"]] = relationship(
        order_by="ClusterMember.proposal_id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("merged_into_id IS NULL OR ended_at IS NOT NULL", name="merged_ended"),
        Index("ix_cluster_round_id_ended_at", "round_id", "ended_at"),
    )
    __mapper_args__ = {"version_id_col": version}


class ClusterMember(Base):
    """A case in a cluster (まとまりの案件), with the functions it shares with which other case.

    A link is data: `other` (proposal id), `kind`, `own` and `others` (quoted words of both).
    """

    __tablename__ = "cluster_member"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, index=True
    )
    joined_by: Mapped[JoinedBy] = mapped_column(stored_enum(JoinedBy, "joined_by"))
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    proposal: Mapped[Proposal] = relationship()


class ClusterCorrection(Base):
    """What an officer corrected (まとまりの訂正); the next run keeps it. The latest word counts."""

    __tablename__ = "cluster_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), index=True)
    kind: Mapped[CorrectionKind] = mapped_column(stored_enum(CorrectionKind, "kind"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    other_cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    reason: Mapped[str] = mapped_column(Text)
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    corrected_at: Mapped[datetime]

    proposal: Mapped[Proposal | None] = relationship()
    corrected_by: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(kind = 'merge') = (other_cluster_id IS NOT NULL)", name="cluster_of_merge"
        ),
        CheckConstraint("(kind = 'merge') = (proposal_id IS NULL)", name="case_of_rest"),
    )
