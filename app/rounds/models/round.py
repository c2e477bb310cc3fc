"""Rounds with their dates and terms (募集回・期限)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, OrgType
from app.core import clock
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.rounds.models.form_field import FormField
from app.rounds.models.scheme import Scheme
from app.workflow.terms import Term


class Round(Base):
    """One call for proposals (募集回). Whether it is open derives from the clock."""

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(8), unique=True)
    label: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    opens_at: Mapped[datetime]
    # Last second that counts as in time, e.g. 23:59:59 JST.
    closes_at: Mapped[datetime]
    is_practice: Mapped[bool] = mapped_column(default=False)
    reviewers_required: Mapped[int] = mapped_column(default=2)
    # Whether the second person gives an opinion before reading the first one (独立した2人目).
    is_second_opinion_blind: Mapped[bool] = mapped_column(default=False)
    # Office days without any act after which a case is listed as 動きのない提案.
    silent_after_days: Mapped[int] = mapped_column(default=5)
    # Latest revisit date of a pending case (見直し日の限度); none for no limit.
    revisit_until: Mapped[date | None]
    # Limits of attachments (添付の上限): MB of 1,048,576 bytes, and number of files.
    attachment_file_limit_mb: Mapped[int] = mapped_column(default=20)
    attachment_total_limit_mb: Mapped[int] = mapped_column(default=60)
    attachment_count_limit: Mapped[int] = mapped_column(default=20)
    special_ward_counts_as: Mapped[OrgType] = mapped_column(
        stored_enum(OrgType, "special_ward_counts_as"), default=OrgType.CITY
    )
    statistics_published_at: Mapped[datetime | None]
    last_receipt_sequence: Mapped[int] = mapped_column(default=0)
    # Grows with every change of the form (様式の版).
    form_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column()

    scheme: Mapped[Scheme] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    terms: Mapped[list["RoundTerm"]] = relationship(lazy="selectin")
    form_fields: Mapped[list[FormField]] = relationship(
        order_by=(FormField.position, FormField.name), cascade="all, delete-orphan"
    )
    closing_changes: Mapped[list["ClosingChange"]] = relationship(
        order_by="ClosingChange.changed_at, ClosingChange.id"
    )
    published_figures: Mapped[list["PublishedFigure"]] = relationship()

    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="period_order"),
        CheckConstraint("reviewers_required IN (1, 2)", name="reviewers_required"),
        CheckConstraint("silent_after_days BETWEEN 1 AND 250", name="silent_after_days"),
        CheckConstraint("last_receipt_sequence >= 0", name="last_receipt_sequence"),
        CheckConstraint(
            "attachment_file_limit_mb BETWEEN 1 AND 100", name="attachment_file_limit_mb"
        ),
        CheckConstraint(
            "attachment_total_limit_mb BETWEEN 1 AND 500", name="attachment_total_limit_mb"
        ),
        CheckConstraint("attachment_count_limit BETWEEN 1 AND 100", name="attachment_count_limit"),
    )
    __mapper_args__ = {"version_id_col": version}

    def has_opened(self) -> bool:
        """Whether the opening time has come (募集開始)."""
        return clock.now() >= self.opens_at

    def is_open(self, closes_at: datetime | None = None) -> bool:
        """Whether a submission now is in time (募集中); `closes_at` for a body with its own end.

        The closing second belongs to the round: 23:59:59.9 is in time, 0:00:00 is not.
        """
        end = closes_at or self.closes_at
        return self.opens_at <= clock.now().replace(microsecond=0) <= end

    def office_days(self, term: Term) -> int:
        """Length of a term in office days (期限の日数). Raises LookupError for an unknown term."""
        for row in self.terms:
            if row.term is term:
                return row.office_days
        raise LookupError(term)


class RoundTerm(Base):
    """Length of one term of a round, in office days (期限の日数)."""

    __tablename__ = "round_term"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    term: Mapped[Term] = mapped_column(stored_enum(Term, "term"), primary_key=True)
    office_days: Mapped[int]

    __table_args__ = (CheckConstraint("office_days >= 0", name="office_days"),)


class ClosingChange(Base):
    """Change of a round's end: both dates stay visible (募集期限の変更)."""

    __tablename__ = "closing_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    old_closes_at: Mapped[datetime]
    new_closes_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class RoundExtension(Base):
    """Later end of a round for one body (期限延長)."""

    __tablename__ = "round_extension"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    closes_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)

    organization: Mapped[Organization] = relationship()


class PublishedFigure(Base):
    """A figure as the meeting paper printed it, held against what is counted here (公表値)."""

    __tablename__ = "published_figure"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]
