"""Links of invitations (招待のリンク): made, found and killed. Only their hash is stored (P41)."""

import secrets

from sqlalchemy import ColumnElement, select, update

from app.accounts.models import Invitation, InvitationEnd, User
from app.accounts.services.sessions import TOKEN_BYTES, hash_token
from app.core import clock
from app.core.text import search_key
from app.extensions import db


def new_token() -> str:
    """Return a token nobody can guess, for the link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def email_key(email: str) -> str:
    """Key under which one address is one person, however it is written."""
    return search_key(email)[:254]


def find_usable(token: str) -> Invitation | None:
    """Return the invitation behind a link (招待) while it may be used, None otherwise.

    Not after seven days, after it was used, revoked or replaced, once its body was dissolved, and
    once the account it would make had ended.
    """
    found = db.session.scalars(
        select(Invitation).where(Invitation.token_hash == hash_token(token))
    ).one_or_none()
    return found if found is not None and is_usable(found) else None


def is_usable(invitation: Invitation) -> bool:
    """Whether the link of an invitation still works now (有効な招待)."""
    today = clock.today()
    return (
        invitation.ended_at is None
        and clock.now() < invitation.expires_at
        and invitation.organization.exists_on(today)
        and (invitation.ends_on is None or invitation.ends_on >= today)
    )


def kill_links(condition: ColumnElement[bool], end: InvitationEnd) -> None:
    """End the open invitations that the condition names."""
    db.session.execute(
        update(Invitation)
        .where(condition, Invitation.ended_at.is_(None))
        .values(ended_at=clock.now(), end=end)
    )


def revoke_links_made_by(user: User) -> None:
    """Revoke what a person invited who may do so no longer (P28)."""
    kill_links(Invitation.created_by_id == user.id, InvitationEnd.REVOKED)
