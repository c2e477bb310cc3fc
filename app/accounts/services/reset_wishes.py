"""Asking for a link by mail (再設定の申込み): the same for every login there is or is not (P38)."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from app.accounts.models import PasswordReset, ResetWish, User
from app.accounts.policy import requires_second_factor
from app.accounts.queries import find_user
from app.accounts.services.second_factor import has_factor
from app.accounts.services.sign_in import TooManyTries
from app.core import clock
from app.extensions import db

WINDOW = timedelta(minutes=10)
# An office shares one address behind its proxy; the whole state asks less often than this.
MOST_OF_SOURCE = 20
MOST_OF_ALL = 300
# Letters to one person; further wishes are answered by nothing.
MOST_LETTERS, LETTERS_WITHIN = 3, timedelta(hours=1)
# What the scheduler was too late for is asked anew by whoever still waits.
STALE_AFTER = timedelta(minutes=30)
AT_ONCE = 100
LONGEST_LOGIN = 64
LONGEST_SOURCE = 64

TOO_MANY = (
    "申込みが続いたため、しばらく受け付けません。10分ほど待ってから、もう一度申し込んでください。"
)


def wish_for_link(login: str, *, source: str) -> None:
    """Ask for a link to the address of an account (再設定の申込み), known or not.

    Neither looked up nor told apart here: the same words, the same work. Raises TooManyTries for a
    source, or all of them together, that asked too often.
    """
    since = clock.now() - WINDOW
    of_all = _asked(ResetWish.asked_at > since)
    of_source = _asked(ResetWish.asked_at > since, ResetWish.source == source[:LONGEST_SOURCE])
    if of_all >= MOST_OF_ALL or of_source >= MOST_OF_SOURCE:
        raise TooManyTries(TOO_MANY)
    db.session.add(
        ResetWish(login=login[:LONGEST_LOGIN], source=source[:LONGEST_SOURCE], asked_at=clock.now())
    )


def has_wishes() -> bool:
    """Whether anybody waits for an answer (未回答の申込みの有無)."""
    waiting = select(ResetWish.id).where(ResetWish.answered_at.is_(None)).limit(1)
    return db.session.scalar(waiting) is not None


def take_wishes(now: datetime) -> list[User]:
    """Mark what waits as answered, and return whom to send a link (申込みの引受け).

    Two schedulers never take the same one.
    """
    found = db.session.scalars(
        select(ResetWish)
        .where(ResetWish.answered_at.is_(None))
        .order_by(ResetWish.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    logins = dict.fromkeys(wish.login for wish in found if wish.asked_at > now - STALE_AFTER)
    for wish in found:
        wish.login, wish.answered_at = "", now
    db.session.flush()
    people = [find_user(login) for login in logins]
    return [user for user in people if user is not None and _gets_link(user, now)]


def _gets_link(user: User, now: datetime) -> bool:
    """Whether a link goes to the address of this account (メールで再設定できる利用者).

    Not to an account that needs a second factor and has none yet: whoever reads its mail could set
    up a device of his own (P39).
    """
    is_guarded = has_factor(user) or not requires_second_factor(user)
    if not user.is_active or not user.email or not is_guarded:
        return False
    own = db.session.scalar(
        select(func.count())
        .select_from(PasswordReset)
        .where(
            PasswordReset.user_id == user.id,
            PasswordReset.mail_nonce.is_not(None),
            PasswordReset.created_at > now - LETTERS_WITHIN,
        )
    )
    return (own or 0) < MOST_LETTERS


def _asked(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(ResetWish).where(*conditions)) or 0
