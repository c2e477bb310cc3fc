"""Finding a person to look at the screens of (代理閲覧の相手)."""

from sqlalchemy import or_, select

from app.accounts.models import Organization, OrganizationKind, User
from app.accounts.policy import can_view_as
from app.accounts.queries import get_user
from app.core.errors import NotFound
from app.extensions import db

MOST_FOUND = 50
NOT_FOUND = "この利用者の画面は見られません。代理閲覧の画面で探して選んでください。"


def find_people(words: str, actor: User) -> list[User]:
    """People of bodies and ministries whose login, name or body has these words (相手の検索).

    By body and name, at most MOST_FOUND; none without words.
    """
    if not words or not words.isprintable():
        return []
    named = (User.login, User.display_name, Organization.name)
    found = db.session.scalars(
        select(User)
        .join(User.organization)
        .where(
            Organization.kind != OrganizationKind.SECRETARIAT,
            User.disabled_at.is_(None),
            or_(*(column.contains(words, autoescape=True) for column in named)),
        )
        .order_by(Organization.code, Organization.name, User.display_name, User.id)
        .limit(MOST_FOUND)
    ).unique()
    return [user for user in found if can_view_as(actor, user)]


def get_viewable(actor: User, user_id: int) -> User:
    """Return a person whose screens the actor may look at (代理閲覧の相手). Raises NotFound."""
    found = get_user(user_id)
    if not can_view_as(actor, found):
        raise NotFound(NOT_FOUND)
    return found
