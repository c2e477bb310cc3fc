"""Imports of proposals (取込み): what was sent in, what was found in it, what became of it."""

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

from app.accounts.models import Organization, User
from app.extensions import Base, stored_enum
from app.rounds.models import Round


class ImportStage(StrEnum):
    """How far an import has come (取込みの段階)."""

    WAITING = "waiting"
    CHECKING = "checking"
    CHECKED = "checked"
    COMMITTING = "committing"
    DONE = "done"
    FAILED = "failed"


class ImportRun(Base):
    """One import of one body (取込み): checked first, and saved as a whole or not at all.

    `findings` is the result of the check (CheckResult as data): errors, notices, and one line for
    each row. `touched_at` is the last sign of life of whoever checks it.
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    stage: Mapped[ImportStage] = mapped_column(stored_enum(ImportStage, "stage"))
    touched_at: Mapped[datetime]
    encoding: Mapped[str] = mapped_column(Text, default="")
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    findings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    failure: Mapped[str] = mapped_column(Text, default="")
    committed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    committed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    organization: Mapped[Organization] = relationship()
    created_by: Mapped[User] = relationship(foreign_keys=created_by_id)
    committed_by: Mapped[User | None] = relationship(foreign_keys=committed_by_id)
    files: Mapped[list["ImportFile"]] = relationship(
        order_by="ImportFile.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("rows_done >= 0 AND rows_total >= 0", name="rows"),
        CheckConstraint(
            "(stage = 'done') = (committed_at IS NOT NULL)", name="committed_when_done"
        ),
        Index("ix_import_run_stage", "stage"),
        Index("ix_import_run_organization_id_created_at", "organization_id", "created_at"),
    )
    __mapper_args__ = {"version_id_col": version}


class ImportFile(Base):
    """A file of an import (取込みのファイル). `content` is forgotten once it is not needed."""

    __tablename__ = "import_file"

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
