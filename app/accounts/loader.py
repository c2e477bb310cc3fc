"""From the cookie to the user (ログイン状態の復元)."""

from flask import current_app, g

from app.accounts.models import User, UserSession
from app.accounts.services.sessions import SEEN_EVERY, find_session
from app.core import clock
from app.core.unit_of_work import side_transaction


def load_user(token: str) -> User | None:
    """Return the user behind a cookie; None when the session ended, expired or was left idle."""
    settings = current_app.config["SETTINGS"]
    found = find_session(token, idle_minutes=settings.SESSION_IDLE_MINUTES)
    if found is None:
        return None
    _note_activity(found)
    g.session_round_id = found.round_id
    g.meets_freezes = found.meets_freezes
    user = found.user
    user.bind_session(token)
    return user


def _note_activity(found: UserSession) -> None:
    now = clock.now()
    if now - found.last_seen_at < SEEN_EVERY:
        return
    with side_transaction() as session:
        session.get_one(UserSession, found.id).last_seen_at = now
