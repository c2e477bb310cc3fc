"""People of the bodies and their roles (利用者、役割)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.kinds import Role
from app.accounts.models.organization import Organization
from app.core import clock
from app.extensions import ALWAYS_THERE, Base, stored_enum


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
    # Failed tries from before it do not count: who was given a new password gets in (P38).
    password_changed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    # Last day of the account (利用の末日, JST), None for no end.
    ends_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
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
        """Whether the account may sign in today (有効): reckoned anew at each request (P28).

        Not when it was disabled, after its last day, or once its body was dissolved.
        """
        today = clock.today()
        has_ended = self.ends_on is not None and self.ends_on < today
        return self.disabled_at is None and not has_ended and self.organization.exists_on(today)

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
        return any(grant.role in roles for grant in self.role_grants)


class UserRole(Base):
    """A role granted to a user (役割の付与)."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(stored_enum(Role, "role"), primary_key=True)
