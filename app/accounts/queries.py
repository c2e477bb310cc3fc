"""Finding bodies and users (団体・利用者の検索)."""

from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import (
    Organization,
    OrganizationKind,
    OrganizationName,
    Role,
    User,
    UserRole,
)
from app.audit.reading import note_read
from app.core import clock
from app.core.errors import NotFound
from app.extensions import db

USER_NOT_FOUND = "この利用者は見つかりません。一覧から選んでください。"
BODY_NOT_FOUND = "この団体は見つかりません。一覧から選んでください。"
STATEMENTS_KEPT = 1024


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


def ministry_names() -> dict[str, str]:
    """Name of each ministry and unit by its id as text, in their order (府省庁の選択肢)."""
    rows = db.session.execute(
        select(Organization.id, Organization.name)
        .where(Organization.kind == OrganizationKind.MINISTRY)
        .order_by(Organization.id)
    )
    return {str(row[0]): row[1] for row in rows}


def bodies_acted_for(user: User) -> Select[int]:
    """Ids of the bodies the user acts for today (所管する団体): its own and those merged into it.

    A merged body is in from the day of the merger on, with what was merged into it before (P28).
    """
    return _acting_bodies(user.organization_id, clock.today())


@lru_cache(maxsize=STATEMENTS_KEPT)
def _acting_bodies(organization_id: int, today: date) -> Select[int]:
    # Asked for some twenty times by one submission; to make it takes a millisecond.
    own = select(Organization.id).where(Organization.id == organization_id)
    found = own.cte(recursive=True)
    merged = aliased(Organization)
    merged_into = select(merged.id).where(
        merged.successor_id == found.c.id, merged.dissolved_on <= today
    )
    # UNION, not UNION ALL: it ends even if two bodies named each other.
    return select(found.union(merged_into).c.id)


def destinations_of(actor: User) -> Select[int]:
    """Ids of the destinations whose hand-offs the actor reads (自府省庁と下の組織).

    The own unit and those below it in the tree, with what was merged into them; a unit does not
    read what went to the ministry above it.
    """
    found = (
        select(Organization.id)
        .where(Organization.id.in_(bodies_acted_for(actor)))
        .cte(recursive=True)
    )
    unit = aliased(Organization)
    below = select(unit.id).where(unit.parent_id == found.c.id)
    return select(found.union(below).c.id)


def acting_body(organization_id: int) -> Organization:
    """Return the body that acts for another one today (承継団体): itself while it exists."""
    return db.session.get_one(Organization, organization_id).acting_on(clock.today())


def is_active_today() -> ColumnElement[bool]:
    """Condition for the users whose account is open today; `User.is_active` for a query."""
    today = clock.today()
    dissolved = select(Organization.id).where(Organization.dissolved_on <= today)
    return and_(
        User.disabled_at.is_(None),
        or_(User.ends_on.is_(None), User.ends_on >= today),
        or_(User.access_ends_at.is_(None), User.access_ends_at > clock.now()),
        User.organization_id.not_in(dissolved),
    )


def users_with_role(*roles: Role) -> Select[User]:
    """Active users who hold any of the roles, by id.

    Outsiders (部外者) are left out: they read, and are given neither work nor news.
    """
    holders = select(UserRole.user_id).where(UserRole.role.in_(roles))
    return (
        select(User)
        .where(User.id.in_(holders), is_active_today(), User.outsider_kind.is_(None))
        .order_by(User.id)
    )


def users_of_body(organization_id: int, *roles: Role) -> Select[User]:
    """Active users who hold any of the roles in a body, or in the one that acts for it, by id."""
    body = acting_body(organization_id)
    return users_with_role(*roles).where(User.organization_id == body.id)


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
        raise NotFound(USER_NOT_FOUND)
    note_read("user", found.id)
    return found


def names_at_hand() -> dict[int, str]:
    """Names of the people whom the running request has read already (氏名): no further question."""
    people = [row.__dict__ for row in db.session.identity_map.values() if isinstance(row, User)]
    return {row["id"]: row["display_name"] for row in people if "display_name" in row}


def people_of_body(organization_id: int) -> list[User]:
    """Everybody of one body, closed accounts last, by login (団体の利用者)."""
    people = db.session.scalars(
        select(User).where(User.organization_id == organization_id).order_by(User.login)
    )
    return sorted(people, key=lambda user: not user.is_active)


def insiders_of_body(organization_id: int) -> list[User]:
    """Active people of a body who belong to it (職員), by login: nobody from outside."""
    return list(
        db.session.scalars(
            select(User)
            .where(
                User.organization_id == organization_id,
                User.outsider_kind.is_(None),
                is_active_today(),
            )
            .order_by(User.login)
        )
    )


def get_body(organization_id: int) -> Organization:
    """Return the body with this id (団体・府省庁). Raises NotFound."""
    found = db.session.get(Organization, organization_id)
    if found is None:
        raise NotFound(BODY_NOT_FOUND)
    return found


def merged_bodies(organization_id: int) -> list[Organization]:
    """Bodies that were or will be merged into this one, by day (合併した団体)."""
    return list(
        db.session.scalars(
            select(Organization)
            .where(Organization.successor_id == organization_id)
            .order_by(Organization.dissolved_on, Organization.id)
        )
    )


def names_of(organization_id: int) -> list[OrganizationName]:
    """Changes of the name of a body, newest first (名称の履歴)."""
    return list(
        db.session.scalars(
            select(OrganizationName)
            .where(OrganizationName.organization_id == organization_id)
            .order_by(OrganizationName.valid_from.desc())
        )
    )


def is_last_manager(user: User) -> bool:
    """Whether a local government has no other lasting manager than this one (最後の管理者).

    Lasting is an open account without a last day: a body never comes to be without one.
    """
    body = user.organization
    is_lasting = user.is_active and user.ends_on is None and user.has_role(Role.PROPOSER_MANAGER)
    if body.kind is not OrganizationKind.LOCAL_GOVERNMENT or not is_lasting:
        return False
    others = (
        users_with_role(Role.PROPOSER_MANAGER)
        .with_only_columns(User.id)
        .where(User.organization_id == body.id, User.id != user.id, User.ends_on.is_(None))
    )
    return db.session.scalars(others).first() is None


def bodies_without_contact() -> Select[Organization]:
    """Bodies with people that named no 責任者 or no contact (責任者・窓口の未登録)."""
    with_people = select(User.organization_id).where(is_active_today())
    return (
        select(Organization)
        .where(
            Organization.id.in_(with_people),
            or_(Organization.responsible_id.is_(None), Organization.privacy_contact == ""),
        )
        .order_by(Organization.kind, Organization.code, Organization.id)
    )
