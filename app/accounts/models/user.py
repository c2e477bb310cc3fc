"""People of the bodies and their roles (利用者、役割)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.kinds import OutsiderKind, Role
from app.accounts.models.organization import Organization
from app.audit.actors import new_name_key, sealed_label
from app.core import clock
from app.extensions import ALWAYS_THERE, Base, stored_enum

# No outsider without a contract, an end and somebody who watches over it (P52).
OUTSIDE_TERMS = (
    "(outsider_kind IS NULL AND affiliation IS NULL AND contract_number IS NULL"
    " AND access_ends_at IS NULL AND supervisor_id IS NULL)"
    " OR (outsider_kind IS NOT NULL AND affiliation IS NOT NULL AND contract_number IS NOT NULL"
    " AND length(trim(contract_number)) > 0 AND access_ends_at IS NOT NULL"
    " AND supervisor_id IS NOT NULL AND supervisor_id <> id)"
)


class User(Base):
    """A person of one body (利用者). Disabled, never deleted: the trail keeps pointing here."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    # Proves which name the entries of the trail mean (氏名の鍵); None once the name was erased.
    name_key: Mapped[str | None] = mapped_column(String(64), default=new_name_key)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    # Failed tries from before it do not count: who was given a new password gets in (P38).
    password_changed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    # Last day of the account (利用の末日, JST), None for no end.
    ends_on: Mapped[date | None]
    # Of an outsider (部外者) alone, and then all of them: who it is, by which contract, until which
    # instant, and which person of the body watches over it (監督者).
    outsider_kind: Mapped[OutsiderKind | None] = mapped_column(
        stored_enum(OutsiderKind, "outsider_kind")
    )
    affiliation: Mapped[str | None] = mapped_column(String(100))
    contract_number: Mapped[str | None] = mapped_column(String(100))
    access_ends_at: Mapped[datetime | None]
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    # Last day of the yearly pledge (研修・誓約, JST), None before the first.
    attested_until: Mapped[date | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column()

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    role_grants: Mapped[list["UserRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (CheckConstraint(OUTSIDE_TERMS, name="outside_terms"),)
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
        """Whether the account may sign in today (有効): reckoned anew at each request (P28).

        Not when it was disabled, after its last day, or once its body was dissolved; for an
        outsider, not from the instant on at which the contract lets it in no more (P52).
        """
        today = clock.today()
        has_ended = self.ends_on is not None and self.ends_on < today
        is_open = self.disabled_at is None and not has_ended and not self.is_past_access
        return is_open and self.organization.exists_on(today)

    @property
    def is_attested(self) -> bool:
        """Whether the yearly pledge (研修・誓約) holds today; without it, one reads alone."""
        return self.attested_until is not None and self.attested_until >= clock.today()

    @property
    def is_outsider(self) -> bool:
        """Whether it is the account of somebody from outside (部外者)."""
        return self.outsider_kind is not None

    @property
    def is_past_access(self) -> bool:
        """Whether the time of an outsider is over (立入りの期間の終わり)."""
        return self.access_ends_at is not None and self.access_ends_at <= clock.now()

    @property
    def roles(self) -> frozenset[Role]:
        """Roles held in the body of this user (役割)."""
        return frozenset(grant.role for grant in self.role_grants)

    @property
    def label(self) -> str:
        """Body and name as the timeline shows them (「事務局 総括A」)."""
        return f"{self.organization.name} {self.display_name}"

    @property
    def sealed_label(self) -> str:
        """Body, and a commitment to the name, as the trail holds the person (行為者)."""
        return sealed_label(self.organization.name, self.display_name, self.name_key)

    def has_role(self, *roles: Role) -> bool:
        """Whether the user holds any of the roles."""
        return any(grant.role in roles for grant in self.role_grants)


class UserRole(Base):
    """A role granted to a user (役割の付与)."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(stored_enum(Role, "role"), primary_key=True)
