"""A sign-in between its two steps (ログインの途中): ten minutes, for the second step alone."""

import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select, update

from app.accounts.models import HalfSession, User
from app.accounts.passwords import SHORTEST
from app.accounts.policy import requires_second_factor
from app.accounts.services.second_factor import has_factor
from app.accounts.services.sessions import TOKEN_BYTES, hash_token
from app.core import clock
from app.extensions import db

VALID_FOR = timedelta(minutes=10)


class NextStep(StrEnum):
    """What comes after the right password (パスワードの次の段階)."""

    NONE = "none"
    CODE = "code"
    ENROL = "enrol"


def step_after_password(user: User, password: str, *, is_enforced: bool) -> NextStep:
    """What the user does after the password (次の段階).

    Who must have a second factor, or whose password is too short to stand alone, sets one up
    before anything else opens.
    """
    if has_factor(user):
        return NextStep.CODE
    if (is_enforced and requires_second_factor(user)) or len(password) < SHORTEST:
        return NextStep.ENROL
    return NextStep.NONE


def start_half_session(user: User, *, source: str) -> str:
    """Open the way to the second step; return its token, which is stored only as a hash."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    db.session.add(
        HalfSession(
            token_hash=hash_token(token),
            user_id=user.id,
            source=source,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
    )
    return token


def find_half_session(token: str) -> HalfSession | None:
    """Return the half-open sign-in of a token; None when it ended, expired, or the account did."""
    found = db.session.scalars(
        select(HalfSession).where(HalfSession.token_hash == hash_token(token))
    ).one_or_none()
    if found is None or found.ended_at is not None or clock.now() >= found.expires_at:
        return None
    return found if found.user.is_active else None


def use_half_session(half: HalfSession) -> bool:
    """End a half-open sign-in; whether this was the one that did (1度だけ)."""
    ended = db.session.scalars(
        update(HalfSession)
        .where(HalfSession.id == half.id, HalfSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(HalfSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(ended)
