"""Signing in (ログイン): slow to guess, silent about who exists (P38)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from app.accounts.models import SignInAttempt, SignInStep, User
from app.accounts.passwords import (
    hash_password,
    is_right_password,
    needs_new_hash,
    stand_in_hash,
)
from app.accounts.queries import find_user
from app.accounts.services.outside_terms import words_of_end
from app.accounts.services.sessions import end_session, start_session
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import DomainError
from app.extensions import db

WINDOW = timedelta(minutes=10)
# Tries from one source, over all logins: an office shares one address behind its proxy.
SOURCE_FACTOR = 10
# From all sources together: beyond it only those get in who did so from there before.
GLOBAL_FACTOR = 100
# Codes are short: far fewer wrong ones than wrong passwords are borne, for one account.
FACTOR_FREE_TRIES = 5

WRONG = "ログインIDまたはパスワードが違います。大文字・小文字を確かめて、もう一度入力してください。"
TOO_MANY = (
    "ログインの失敗が続いたため、しばらく受け付けません。10分ほど待ってからやり直してください。"
)


class SignInRefused(DomainError):
    """The sign-in was refused; the words are the same for a known and an unknown login."""


class TooManyTries(DomainError):
    """Too many failures within ten minutes, for this login or from this source."""


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """What the sign-in form sends (ログイン)."""

    login: str
    password: str
    source: str


def check_tries(
    command: SignIn, *, free_tries: int, step: SignInStep = SignInStep.PASSWORD
) -> None:
    """Refuse while there were too many failures lately (試行回数の制限). Raises TooManyTries.

    Failures from before the last change of the password do not count for the login: who chose a new
    one by a link gets in, whatever a stranger typed before (P38). Each step is counted by itself.
    When there were too many from all sources together, a login is tried only from a source it was
    used from before: guessing from everywhere ends, and locks nobody out of the usual place.
    """
    since = clock.now() - WINDOW
    user = find_user(command.login)
    changed = user.password_changed_at if user else None
    failures = select(func.count()).where(
        SignInAttempt.is_success.is_(False), SignInAttempt.step == step
    )
    for_login = db.session.scalar(
        failures.where(
            SignInAttempt.login_key == login_key(command.login),
            SignInAttempt.attempted_at > max(since, changed or since),
        )
    )
    from_source = db.session.scalar(
        failures.where(SignInAttempt.source == command.source, SignInAttempt.attempted_at > since)
    )
    is_closed = (for_login or 0) >= free_tries or (from_source or 0) >= free_tries * SOURCE_FACTOR
    if is_closed or (
        _is_stormy(failures, since, free_tries * GLOBAL_FACTOR) and not _is_usual_place(command)
    ):
        raise TooManyTries(TOO_MANY)


def _is_stormy(failures: Select[int], since: datetime, most: int) -> bool:
    """Whether there were too many failures from all sources together (全体の制限)."""
    everywhere = db.session.scalar(failures.where(SignInAttempt.attempted_at > since))
    return (everywhere or 0) >= most


def _is_usual_place(command: SignIn) -> bool:
    """Whether somebody came in with this login from this source before (いつもの接続元)."""
    before = select(SignInAttempt.id).where(
        SignInAttempt.login_key == login_key(command.login),
        SignInAttempt.source == command.source,
        SignInAttempt.is_success,
    )
    return db.session.scalar(before.limit(1)) is not None


def verified_user(command: SignIn) -> User | None:
    """Return the active user whose password this is; as slow for an unknown login (照合)."""
    user = whose_password(command)
    return user if user is not None and user.is_active else None


def whose_password(command: SignIn) -> User | None:
    """The user whose password it is, closed accounts too; as slow for an unknown login (照合)."""
    user = find_user(command.login)
    is_right = is_right_password(user.password_hash if user else stand_in_hash(), command.password)
    return user if is_right else None


def words_of_refusal(user: User | None) -> str:
    """What a refused sign-in says (ログインの拒否): an outsider whose time is over is told so.

    `user` is whose password it was; whoever knows no password learns nothing of an account (P38).
    """
    is_over = user is not None and user.is_past_access and user.disabled_at is None
    return words_of_end(user) if user is not None and is_over else WRONG


def remember_try(
    command: SignIn, *, is_success: bool, step: SignInStep = SignInStep.PASSWORD
) -> None:
    """Keep one try, so that the next ones can be counted."""
    db.session.add(
        SignInAttempt(
            login_key=login_key(command.login),
            source=command.source,
            attempted_at=clock.now(),
            is_success=is_success,
            step=step,
        )
    )
    if not is_success:
        # Who it was said to be is left out: a password typed into the wrong field would stay.
        verb = "user.sign_in_failed" if step is SignInStep.PASSWORD else "user.second_step_failed"
        record(verb, Subject(type="user", id=None), actor=None)


def open_session(user: User, command: SignIn, *, hours: int) -> str:
    """Start the session of a verified user, renewing an old hash; return its token.

    `command.password` is "" after the second step: the first has renewed the hash.
    """
    if command.password:
        renew_hash(user, command.password)
    record("user.sign_in", Subject(type="user", id=user.id), actor=user)
    return start_session(user, source=command.source, hours=hours)


def renew_hash(user: User, password: str) -> None:
    """Store the right password anew if its hash was made with weaker parameters (P37)."""
    if needs_new_hash(user.password_hash):
        user.password_hash = hash_password(password)


def sign_out(user: User, token: str) -> None:
    """End the session the user came through (ログアウト); it leaves a trace (P22)."""
    end_session(token)
    record("user.sign_out", Subject(type="user", id=user.id), actor=user)


def login_key(login: str) -> str:
    """Key under which tries for a login are counted; at most 64 characters."""
    return login.strip().casefold()[:64]
