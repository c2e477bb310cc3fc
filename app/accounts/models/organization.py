"""Bodies, their names, types and closed days (団体・府省庁、名称、種別、閉庁日)."""

from datetime import date

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, case
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.kinds import OrganizationKind, OrgType
from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.extensions import Base, stored_enum


class Organization(Base):
    """A local government, a ministry or one of its units, or the secretariat (団体・府省庁).

    Never deleted. One that was merged or dissolved has `dissolved_on`, the first day on which it is
    no more; from that day `successor` acts for it.
    """

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OrganizationKind] = mapped_column(stored_enum(OrganizationKind, "kind"))
    # The name of today is `name`, which knows of a change to come (`next_name`).
    recorded_name: Mapped[str] = mapped_column("name", String(100))
    next_name: Mapped[str | None] = mapped_column(String(100))
    next_name_from: Mapped[date | None]
    # Katakana of full width (読み), "" when unknown.
    reading: Mapped[str] = mapped_column(String(200), default="")
    # Name of the prefecture it lies in (都道府県名), "" for others than local governments.
    prefecture: Mapped[str] = mapped_column(String(10), default="")
    # 全国地方公共団体コード: six digits as text (leading zero); ministries have none.
    code: Mapped[str | None] = mapped_column(String(6), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    # Whether a proposal needs an approval inside the body before it goes out (決裁を使う).
    requires_approval: Mapped[bool] = mapped_column(default=False)
    # Who answers for personal data in this body (責任者), one of its people, and whom everybody of
    # the body turns to (個人情報・事故の窓口). No foreign key: people point to bodies already.
    responsible_id: Mapped[int | None]
    privacy_contact: Mapped[str] = mapped_column(String(200), default="")
    dissolved_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    version: Mapped[int] = mapped_column()

    parent: Mapped["Organization | None"] = relationship(
        remote_side="Organization.id", foreign_keys=parent_id
    )
    successor: Mapped["Organization | None"] = relationship(
        remote_side="Organization.id", foreign_keys=successor_id
    )
    types: Mapped[list["OrganizationType"]] = relationship(
        back_populates="organization", order_by="OrganizationType.valid_from"
    )
    closures: Mapped[list["OfficeClosure"]] = relationship(order_by="OfficeClosure.day")

    __table_args__ = (
        CheckConstraint("code IS NULL OR length(code) = 6", name="code_length"),
        CheckConstraint("kind <> 'local_government' OR code IS NOT NULL", name="code_present"),
        CheckConstraint(
            "(next_name IS NULL) = (next_name_from IS NULL)", name="next_name_complete"
        ),
        CheckConstraint(
            "successor_id IS NULL OR (dissolved_on IS NOT NULL AND successor_id <> id)",
            name="successor_of_dissolved",
        ),
        Index("ix_organization_kind_name", "kind", "name"),
    )
    __mapper_args__ = {"version_id_col": version}

    @hybrid_property
    def name(self) -> str:
        """Name on the present day in JST (名称)."""
        if self.next_name is None or self.next_name_from is None:
            return self.recorded_name
        return self.next_name if self.next_name_from <= clock.today() else self.recorded_name

    @name.inplace.setter
    def _set_name(self, name: str) -> None:
        self.recorded_name = name

    @name.inplace.expression
    @classmethod
    def _name_in_query(cls) -> ColumnElement[str]:
        return case((cls.next_name_from <= clock.today(), cls.next_name), else_=cls.recorded_name)

    def type_on(self, day: date) -> OrgType | None:
        """Type of this body on a JST day (団体種別), None when none is recorded for it."""
        for period in self.types:
            if period.valid_from <= day and (period.valid_to is None or day <= period.valid_to):
                return period.org_type
        return None

    def calendar(self) -> OfficeCalendar:
        """Office days of this body (開庁日の暦): the national ones without its own closed days."""
        return office_calendar().with_more({closure.day: closure.name for closure in self.closures})

    def exists_on(self, day: date) -> bool:
        """Whether the body is not dissolved yet on a JST day (存続)."""
        return self.dissolved_on is None or day < self.dissolved_on

    def acting_on(self, day: date) -> "Organization":
        """The body that acts for this one on a JST day (承継団体): itself while it exists.

        A dissolved body without a successor is acted for by nobody else, and is returned itself.
        """
        body = self
        while not body.exists_on(day) and body.successor is not None:
            body = body.successor
        return body


class OrganizationType(Base):
    """Type of a local government in a period, both days included (団体種別の期間)."""

    __tablename__ = "organization_type"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    org_type: Mapped[OrgType] = mapped_column(stored_enum(OrgType, "org_type"))

    organization: Mapped[Organization] = relationship(back_populates="types")

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period_order"),
    )


class OrganizationName(Base):
    """A change of name (名称の変更): `name` holds from `valid_from`, `former_name` until then."""

    __tablename__ = "organization_name"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    former_name: Mapped[str] = mapped_column(String(100))


class OfficeClosure(Base):
    """A day on which one body is closed beside the national ones (団体の閉庁日)."""

    __tablename__ = "office_closure"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
