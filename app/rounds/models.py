"""Rounds, schemes, categories and their rules, all of them data (募集回・分類体系・分類)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, OrgType
from app.core import clock
from app.extensions import Base, stored_enum
from app.workflow.states import CategoryView, FollowUp, SchemeView
from app.workflow.terms import Term


class Scheme(Base):
    """Set of categories of a round (分類体系); its version grows with every category added."""

    __tablename__ = "scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[int] = mapped_column()

    categories: Mapped[list["Category"]] = relationship(
        back_populates="scheme", order_by="Category.position", lazy="selectin"
    )

    def view(self) -> SchemeView:
        """What the state machine needs to know of this scheme."""
        return SchemeView(
            key=self.key,
            version=self.version,
            categories=tuple(
                CategoryView(key=category.key, follow_up=category.follow_up)
                for category in self.categories
            ),
        )


class Category(Base):
    """Row of a scheme (分類): a state of the case, with its response policy (対応方針)."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    code: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(16))
    group_code: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(200))
    short_label: Mapped[str] = mapped_column(String(40))
    response_policy: Mapped[str] = mapped_column(Text)
    follow_up: Mapped[FollowUp] = mapped_column(stored_enum(FollowUp, "follow_up"))
    # Whether an opinion must cite a row of a register (台帳の根拠): A–D and F-1 in 令和6年.
    is_evidence_required: Mapped[bool]
    position: Mapped[int]
    available_from: Mapped[date]

    scheme: Mapped[Scheme] = relationship(back_populates="categories")

    __table_args__ = (
        UniqueConstraint("scheme_id", "key"),
        UniqueConstraint("scheme_id", "code"),
        UniqueConstraint("scheme_id", "position"),
    )


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
    title_limit: Mapped[int] = mapped_column(default=100)
    requested_measure_limit: Mapped[int] = mapped_column(default=250)
    hardship_and_effect_limit: Mapped[int] = mapped_column(default=700)
    special_ward_counts_as: Mapped[OrgType] = mapped_column(
        stored_enum(OrgType, "special_ward_counts_as"), default=OrgType.CITY
    )
    statistics_published_at: Mapped[datetime | None]
    last_receipt_sequence: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()

    scheme: Mapped[Scheme] = relationship(lazy="joined", innerjoin=True)
    terms: Mapped[list["RoundTerm"]] = relationship(lazy="selectin")
    closing_changes: Mapped[list["ClosingChange"]] = relationship(
        order_by="ClosingChange.changed_at, ClosingChange.id"
    )
    published_figures: Mapped[list["PublishedFigure"]] = relationship()

    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="period_order"),
        CheckConstraint("reviewers_required IN (1, 2)", name="reviewers_required"),
        CheckConstraint("last_receipt_sequence >= 0", name="last_receipt_sequence"),
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
