"""Signing devices out from another one (ログイン中の端末), one's own or those of one's people."""

from app.accounts.models import User
from app.accounts.policy import authorize_manage
from app.accounts.services.sessions import end_session_of, end_sessions_of
from app.audit.services import Subject, record
from app.core.errors import NotFound

NOT_FOUND = "このログインは見つかりません。既に終わっています。"


def end_own_session(actor: User, session_id: int) -> None:
    """End one session of one's own (端末のログアウト). Raises NotFound for any other."""
    if not end_session_of(actor, session_id):
        raise NotFound(NOT_FOUND)
    record("user.end_session", Subject(type="user", id=actor.id), actor=actor)


def end_other_sessions(actor: User) -> None:
    """End all sessions of one's own; who calls opens a new one for the device at hand."""
    end_sessions_of(actor)
    record("user.end_sessions", Subject(type="user", id=actor.id), actor=actor)


def end_sessions_as_manager(user: User, *, actor: User) -> None:
    """End all sessions of somebody one looks after (利用者のログアウト). Raises NotAllowed."""
    authorize_manage(actor, user.organization)
    end_sessions_of(user)
    record("user.end_sessions", Subject(type="user", id=user.id), actor=actor)
