"""Organizations, users, their roles and sessions (団体・府省庁、利用者、役割、セッション)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base, stored_enum


class OrganizationKind(StrEnum):
    """Which side of the work a body stands on (団体の区分)."""

    LOCAL_GOVERNMENT = "local_government"
    MINISTRY = "ministry"
    SECRETARIAT = "secretariat"
    ASSOCIATION = "association"


class OrgType(StrEnum):
    """Type of a local government (団体種別), recorded with its period, never read off the code."""

    PREFECTURE = "prefecture"
    DESIGNATED_CITY = "designated_city"
    CORE_CITY = "core_city"
    CITY = "city"
    SPECIAL_WARD = "special_ward"
    TOWN_VILLAGE = "town_village"
    UNION = "union"


class Role(StrEnum):
    """Role of a user inside one body (役割)."""

    PROPOSER = "proposer"
    PROPOSER_MANAGER = "proposer_manager"
    OFFICER = "officer"
    LEAD = "lead"
    MINISTRY_OFFICER = "ministry_officer"
    MINISTRY_COORDINATOR = "ministry_coordinator"
    OBSERVER = "observer"
    AUDITOR = "auditor"
    ADMIN = "admin"


ROLES_OF_KIND: dict[OrganizationKind, frozenset[Role]] = {
    OrganizationKind.LOCAL_GOVERNMENT: frozenset(
        {Role.PROPOSER, Role.PROPOSER_MANAGER, Role.OBSERVER}
    ),
    OrganizationKind.MINISTRY: frozenset(
        {Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR, Role.OBSERVER}
    ),
    OrganizationKind.SECRETARIAT: frozenset(
        {Role.OFFICER, Role.LEAD, Role.AUDITOR, Role.ADMIN, Role.OBSERVER}
    ),
    OrganizationKind.ASSOCIATION: frozenset({Role.OBSERVER}),
}


class Organization(Base):
    """A local government, a ministry or one of its units, or the secretariat (団体・府省庁)."""

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OrganizationKind] = mapped_column(stored_enum(OrganizationKind, "kind"))
    name: Mapped[str] = mapped_column(String(100))
    # 全国地方公共団体コード: six digits as text (leading zero); ministries have none.
    code: Mapped[str | None] = mapped_column(String(6), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)

    parent: Mapped["Organization | None"] = relationship(remote_side="Organization.id")
    types: Mapped[list["OrganizationType"]] = relationship(
        back_populates="organization", order_by="OrganizationType.valid_from"
    )

    __table_args__ = (
        CheckConstraint("code IS NULL OR length(code) = 6", name="code_length"),
        CheckConstraint("kind <> 'local_government' OR code IS NOT NULL", name="code_present"),
        Index("ix_organization_kind_name", "kind", "name"),
    )

    def type_on(self, day: date) -> OrgType | None:
        """Type of this body on a JST day (団体種別), None when none is recorded for it."""
        for period in self.types:
            if period.valid_from <= day and (period.valid_to is None or day <= period.valid_to):
                return period.org_type
        return None


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


class User(Base):
    """A person of one body (利用者). Disabled, never deleted: the trail keeps pointing here."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)
    role_grants: Mapped[list["UserRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def bind_session(self, token: str) -> None:
        """Remember, for the length of one request, through which session the user came."""
        # Not a column: it is the browser's, and is never stored in clear.
        self.__dict__["session_token"] = token

    def get_id(self) -> str:
        """Return what the cookie carries: the token of the session, never the id of the user."""
        token: str | None = self.__dict__.get("session_token")
        if token is None:
            raise RuntimeError("a session is started before the user is signed in")
        return token

    # The sign-in library asks these two of everybody; somebody else stands for nobody.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the account may sign in (有効)."""
        return self.disabled_at is None

    @property
    def roles(self) -> frozenset[Role]:
        """Roles held in the body of this user (役割)."""
        return frozenset(grant.role for grant in self.role_grants)

    @property
    def label(self) -> str:
        """Body and name as the timeline shows them (「事務局 総括A」)."""
        return f"{self.organization.name} {self.display_name}"

    def has_role(self, *roles: Role) -> bool:
        """Whether the user holds any of the roles."""
        return not self.roles.isdisjoint(roles)


class UserRole(Base):
    """A role granted to a user (役割の付与)."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(stored_enum(Role, "role"), primary_key=True)


class UserSession(Base):
    """A signed-in browser (セッション): logout here ends it for every copy of the cookie."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(String(64))
    round_id: Mapped[int | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class SignInAttempt(Base):
    """One try to sign in, kept to slow guessing down (ログイン試行)."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    login_key: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64))
    attempted_at: Mapped[datetime]
    is_success: Mapped[bool]

    __table_args__ = (
        Index("ix_sign_in_attempt_login_key_attempted_at", "login_key", "attempted_at"),
        Index("ix_sign_in_attempt_source_attempted_at", "source", "attempted_at"),
    )
