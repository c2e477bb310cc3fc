"""Finding bodies and users (団体・利用者の検索)."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organization, OrganizationKind, Role, User, UserRole
from app.core.errors import NotFound
from app.extensions import db


def find_user(login: str) -> User | None:
    """Return the user with this login, None when there is none."""
    return db.session.scalars(select(User).where(User.login == login)).one_or_none()


def find_body(code: str) -> Organization | None:
    """Return the body with this 6-digit code (団体コード), None when there is none."""
    return db.session.scalars(select(Organization).where(Organization.code == code)).one_or_none()


def list_organizations(kind: OrganizationKind) -> Select[Organization]:
    """Bodies of one kind, by code and then name (団体・府省庁の一覧)."""
    return (
        select(Organization)
        .where(Organization.kind == kind)
        .options(selectinload(Organization.types), joinedload(Organization.parent))
        .order_by(Organization.code, Organization.name, Organization.id)
    )


def list_ministries() -> list[Organization]:
    """Ministries and their units, by name (府省庁の一覧)."""
    return list(
        db.session.scalars(
            select(Organization)
            .where(Organization.kind == OrganizationKind.MINISTRY)
            .order_by(Organization.id)
        )
    )


def users_with_role(*roles: Role) -> Select[User]:
    """Active users who hold any of the roles, by id."""
    holders = select(UserRole.user_id).where(UserRole.role.in_(roles))
    return select(User).where(User.id.in_(holders), User.disabled_at.is_(None)).order_by(User.id)


def users_of_body(organization_id: int, *roles: Role) -> Select[User]:
    """Active users of a body who hold any of the roles, by id."""
    return users_with_role(*roles).where(User.organization_id == organization_id)


def all_organizations() -> list[Organization]:
    """Every body, kind by kind (団体・府省庁の一覧)."""
    return list(
        db.session.scalars(
            select(Organization).order_by(
                Organization.kind.desc(), Organization.code, Organization.id
            )
        )
    )


def list_users() -> Select[User]:
    """Every user, body by body, closed accounts too (利用者の一覧)."""
    return (
        select(User)
        .join(User.organization)
        .order_by(Organization.kind.desc(), Organization.code, Organization.id, User.login)
    )


def get_user(user_id: int) -> User:
    """Return the user with this id. Raises NotFound."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound("この利用者は見つかりません。一覧から選んでください。")
    return found
