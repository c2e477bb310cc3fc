"""A person's own password (自分のパスワード): changed, or chosen anew by a link (P41)."""

import secrets
from datetime import timedelta

from app.accounts.mailed_links import derived_token, new_nonce
from app.accounts.models import PasswordReset, ResetEnd, User
from app.accounts.passwords import check_new_password, hash_password
from app.accounts.policy import authorize_manage
from app.accounts.services.reset_links import (
    end_reset_links,
    find_usable_link,
    is_usable_link,
    lock_open_link,
    password_key,
)
from app.accounts.services.second_factor import has_factor
from app.accounts.services.sessions import TOKEN_BYTES, hash_token
from app.accounts.services.users import replace_password
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.extensions import db

VALID_FOR = timedelta(minutes=30)

# The same words for a link that never was, is over, was used or was replaced (P38).
NOT_USABLE = (
    "この再設定のリンクは使えません。期限（30分）が過ぎたか、使用済みか、"
    "新しいリンクが作られたためです。もう一度申し込むか、団体の管理者に依頼してください。"
)
CLOSED = "停止中か終了した利用者のリンクは作れません。先に利用を再開してください。"
OWN_LINK = "自分のパスワードは「自分のアカウント」で変えてください。"
SAME_PASSWORD = "いまのパスワードと違うものにしてください"  # noqa: S105 - words of a refusal


def make_reset_link(user: User, *, actor: User) -> tuple[PasswordReset, str]:
    """Make a link for somebody who forgot the password; return it with its token, shown once.

    Older links of the person are dead. The present password goes on until the link is used. Raises
    NotAllowed for a body of others, for oneself and for a closed account.
    """
    authorize_manage(actor, user.organization)
    if user.id == actor.id:
        raise NotAllowed(OWN_LINK)
    if not user.is_active:
        raise NotAllowed(CLOSED)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = _add_link(user, token, maker=actor)
    _record("user.make_reset_link", user, actor)
    return link, token


def make_mailed_link(user: User) -> PasswordReset:
    """Make a link that goes to the address of the account itself (メールで送るリンク).

    Its token stands in no table: it is derived when the letter leaves (`mailed_links`). Who calls
    has seen that the account may have one.
    """
    nonce = new_nonce()
    link = _add_link(user, derived_token(nonce), maker=user)
    link.mail_nonce = nonce
    db.session.flush()
    record("user.mail_reset_link", Subject(type="user", id=user.id), actor=None)
    return link


def _add_link(user: User, token: str, *, maker: User) -> PasswordReset:
    """Store a new link, older ones of the person are dead."""
    end_reset_links(user)
    now = clock.now()
    link = PasswordReset(
        token_hash=hash_token(token),
        user_id=user.id,
        organization_id=user.organization_id,
        password_key=password_key(user),
        created_at=now,
        created_by_id=maker.id,
        expires_at=now + VALID_FOR,
    )
    db.session.add(link)
    db.session.flush()
    return link


def use_reset_link(token: str, password: str) -> User:
    """Choose a new password by a link (再設定); however many use it at once, one wins.

    The second factor stays as it is. All sessions and all other links end. Raises NotFound for a
    link that cannot be used, and InvalidInput.
    """
    link = find_usable_link(token)
    if link is None:
        raise NotFound(NOT_USABLE)
    user = link.user
    check_new_password(password, login=user.login, has_factor=has_factor(user))
    password_hash = hash_password(password)
    # Hashing is slow: only now does this one wait for whoever came first with the same link.
    locked = lock_open_link(link.id)
    if locked is None or not is_usable_link(locked):
        raise NotFound(NOT_USABLE)
    locked.ended_at, locked.end = clock.now(), ResetEnd.USED
    db.session.flush()
    replace_password(locked.user, password_hash)
    _record("user.use_reset_link", locked.user, locked.user)
    return locked.user


def change_own_password(user: User, *, present: str, password: str) -> None:
    """Take another password (パスワードの変更); sessions end, who calls opens a new one.

    Who calls has checked the present one, and the code if there is a second factor. Raises
    InvalidInput.
    """
    if password == present:
        raise InvalidInput({"password": [SAME_PASSWORD]})
    check_new_password(password, login=user.login, has_factor=has_factor(user))
    replace_password(user, hash_password(password))
    _record("user.change_own_password", user, user)


def _record(verb: str, user: User, actor: User) -> None:
    record(verb, Subject(type="user", id=user.id), actor=actor)
