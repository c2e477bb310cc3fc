"""From the cookie to the user (ログイン状態の復元)."""

from flask import current_app, g

from app.accounts.models import User, UserSession
from app.accounts.services.sessions import SEEN_EVERY, find_session
from app.accounts.services.viewing import close_viewing, viewed_person
from app.core import clock
from app.core.unit_of_work import side_transaction
from app.core.viewing import Viewing


def load_user(token: str) -> User | None:
    """Return the user behind a cookie; None when the session ended, expired or was left idle.

    While that person looks at the screens of another (代理閲覧), the other one is returned, and
    `running_viewing` names both.
    """
    settings = current_app.config["SETTINGS"]
    found = find_session(token, idle_minutes=settings.SESSION_IDLE_MINUTES)
    if found is None:
        return None
    _note_activity(found)
    g.session_round_id = found.round_id
    g.meets_freezes = found.meets_freezes
    user = _viewed(found) or found.user
    # For what is asked after a commit, when the user would have to be read anew.
    g.reads_as_outsider = user.is_outsider
    user.bind_session(token)
    return user


def _viewed(found: UserSession) -> User | None:
    """Whose screens are looked at, if anybody's; a viewing that is over is closed and told of."""
    g.viewing, g.has_viewing_ended = None, False
    if found.viewed_user_id is None or found.viewing_until is None:
        return None
    target = viewed_person(found)
    if target is not None:
        g.viewing = Viewing(found.user, target, found.viewing_until)
        return target
    with side_transaction() as session:
        g.has_viewing_ended = close_viewing(session, found)
    return None


def _note_activity(found: UserSession) -> None:
    now = clock.now()
    if now - found.last_seen_at < SEEN_EVERY:
        return
    with side_transaction() as session:
        session.get_one(UserSession, found.id).last_seen_at = now
