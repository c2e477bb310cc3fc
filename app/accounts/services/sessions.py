"""Server-side sessions (セッション): a cookie is worth what the row behind it says (P40)."""

import hashlib
import secrets
from datetime import timedelta
from functools import cache

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import joinedload

from app.accounts.models import ApiToken, HalfSession, TokenEnd, User, UserSession
from app.core import clock
from app.extensions import db
from app.freezes.queries import is_anything_frozen

TOKEN_BYTES = 32
# `last_seen_at` is renewed at most this often, so that reading pages rarely writes.
SEEN_EVERY = timedelta(minutes=1)


def start_session(user: User, *, source: str, hours: int) -> str:
    """Open a session for `hours` at most and return its token, which is stored only as a hash."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = clock.now()
    db.session.add(
        UserSession(
            token_hash=hash_token(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=hours),
            source=source,
        )
    )
    return token


def find_session(token: str, *, idle_minutes: int) -> UserSession | None:
    """Return the running session of a token; None when it ended, expired or was left idle.

    Session, user, body and roles in one query: every request begins with it, and reads them anew,
    so that a right that was taken away is gone with the next click (P28). The same query says
    whether anything is frozen (凍結): the gate of the freezes asks only then.
    """
    row = (
        db.session.execute(_session_of_token(), {"token_hash": hash_token(token)})
        .unique()
        .one_or_none()
    )
    if row is None:
        return None
    found: UserSession = row[0]
    found.note_freezes(is_anything_frozen=bool(row[1]))
    if found.ended_at is not None or not found.user.is_active:
        return None
    now = clock.now()
    if now >= found.expires_at or now - found.last_seen_at > timedelta(minutes=idle_minutes):
        return None
    return found


# The words of the query are made once; it is asked anew with every request.
@cache
def _session_of_token() -> Select[UserSession, bool]:
    with_roles = joinedload(UserSession.user, innerjoin=True).joinedload(User.role_grants)
    return (
        select(UserSession, is_anything_frozen())
        .where(UserSession.token_hash == bindparam("token_hash"))
        .options(with_roles)
    )


def end_session(token: str) -> None:
    """End the session of a token (ログアウト): every copy of the cookie is dead from now on."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.token_hash == hash_token(token), UserSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def end_sessions_of(user: User) -> None:
    """End all sessions of a user: password changed, account disabled, roles changed (P28).

    With them whatever else opens something in the user's name: half-open sign-ins, API tokens.
    """
    for kind in (UserSession, HalfSession):
        db.session.execute(
            update(kind)
            .where(kind.user_id == user.id, kind.ended_at.is_(None))
            .values(ended_at=clock.now())
        )
    end_viewings_of(user)
    end_api_tokens_of(user)


def end_api_tokens_of(user: User) -> None:
    """Have no program read in the name of a user any more (APIトークンの終了, P28)."""
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.ended_at.is_(None))
        .values(ended_at=clock.now(), end=TokenEnd.OWNER_CHANGED)
    )


def end_viewings_of(user: User) -> None:
    """Let nobody look at the screens of a user any more (代理閲覧の終了): rights changed (P28)."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.viewed_user_id == user.id)
        .values(viewed_user_id=None, viewing_until=None)
    )


def open_sessions(user: User, *, idle_minutes: int) -> list[UserSession]:
    """Sessions of a user that still open something, the last used first (ログイン中の端末)."""
    now = clock.now()
    found = db.session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user.id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            UserSession.last_seen_at >= now - timedelta(minutes=idle_minutes),
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return list(found)


def end_session_of(user: User, session_id: int) -> bool:
    """End one session of a user (端末のログアウト); False when it is none of theirs, or over."""
    ended = db.session.scalars(
        update(UserSession)
        .where(
            UserSession.id == session_id,
            UserSession.user_id == user.id,
            UserSession.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(ended)


def choose_round(token: str, round_id: int) -> None:
    """Keep the round the user looks at for the rest of the session (募集回の切替え)."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.token_hash == hash_token(token))
        .values(round_id=round_id)
    )


def hash_token(token: str) -> str:
    """Hash under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
