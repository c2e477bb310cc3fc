"""Links for a new password (再設定のリンク): found and ended. Only their hash is stored (P41)."""

import hashlib

from sqlalchemy import select, update

from app.accounts.models import PasswordReset, ResetEnd, User
from app.accounts.services.sessions import hash_token
from app.core import clock
from app.extensions import db


def password_key(user: User) -> str:
    """Key of the password a user has now (パスワードの版): another one has another key."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()


def find_usable_link(token: str) -> PasswordReset | None:
    """Return the link behind a token while it may be used, None otherwise (有効なリンク).

    Not after its thirty minutes, after it or another one was used, once the password or the body of
    the account is another than it was made for, and for a closed account.
    """
    found = db.session.scalars(
        select(PasswordReset).where(PasswordReset.token_hash == hash_token(token))
    ).one_or_none()
    return found if found is not None and is_usable_link(found) else None


def is_usable_link(link: PasswordReset) -> bool:
    """Whether a link still works now."""
    user = link.user
    return (
        link.ended_at is None
        and clock.now() < link.expires_at
        and user.is_active
        and user.organization_id == link.organization_id
        and password_key(user) == link.password_key
    )


def lock_open_link(link_id: int) -> PasswordReset | None:
    """Return a link nobody has used yet, read anew and locked; None when somebody has."""
    return db.session.scalars(
        select(PasswordReset)
        .where(PasswordReset.id == link_id, PasswordReset.ended_at.is_(None))
        .with_for_update(of=PasswordReset)
        .execution_options(populate_existing=True)
    ).one_or_none()


def end_reset_links(user: User) -> None:
    """End all open links of a user: one was used, or the password was changed otherwise."""
    db.session.execute(
        update(PasswordReset)
        .where(PasswordReset.user_id == user.id, PasswordReset.ended_at.is_(None))
        .values(ended_at=clock.now(), end=ResetEnd.REPLACED)
    )
