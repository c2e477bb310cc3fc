"""Reports of incidents (事故・漏えいの報告) and what was done about each."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import Base, stored_enum
from app.freezes.models import Freeze


class StepKind(StrEnum):
    """What was done (対応の種類)."""

    NOTE = "note"
    PRELIMINARY = "preliminary"  # 速報を出した
    FINAL = "final"  # 確報を出した
    PERSONS_TOLD = "persons_told"  # 本人に通知した
    CLOSED = "closed"


class Incident(Base):
    """What somebody reports as gone wrong (事故・漏えいの報告), or as likely to have.

    `number` is gapless per fiscal year: 令和6年度 has 事故2024-001 and so on. The dates of the 速報
    and the 確報 run from `known_on`, the day somebody of the body learnt of it.
    """

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    reported_at: Mapped[datetime]
    happened: Mapped[str] = mapped_column(Text)
    # When it happened, as the person knows it (「9月2日の午後」).
    happened_when: Mapped[str] = mapped_column(String(100))
    known_on: Mapped[date]
    # The case, file or letter concerned, as typed; what is frozen is a row of its own.
    concerned: Mapped[str] = mapped_column(String(200))
    # The case that is named there: who may not know of it (利益相反) hears nothing of the report.
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    seen_by: Mapped[str] = mapped_column(Text)
    persons_estimate: Mapped[int | None]
    # 不正の目的によるおそれ: the 確報 then has 60 days instead of 30.
    is_malicious: Mapped[bool]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    reported_by: Mapped[User] = relationship()
    organization: Mapped[Organization] = relationship()
    steps: Mapped[list["IncidentStep"]] = relationship(order_by="IncidentStep.id")
    freezes: Mapped[list[Freeze]] = relationship(order_by=Freeze.id)

    __table_args__ = (
        CheckConstraint("persons_estimate IS NULL OR persons_estimate >= 0", name="persons"),
        Index("ix_incident_closed_at", "closed_at"),
    )
    __mapper_args__ = {"version_id_col": version}


class IncidentStep(Base):
    """One thing done about an incident (対応の記録); never changed."""

    __tablename__ = "incident_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(stored_enum(StepKind, "kind"))
    note: Mapped[str] = mapped_column(Text)
    done_on: Mapped[date]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime]

    noted_by: Mapped[User] = relationship()
