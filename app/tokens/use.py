"""Reading with a token (APIトークンの利用): found by its hash, judged anew with every request."""

import hashlib
from datetime import timedelta
from functools import cache
from typing import NoReturn

from sqlalchemy import Select, bindparam, case, func, select, update
from sqlalchemy.orm import joinedload

from app.accounts.models import ApiToken, SignInAttempt, SignInStep, User
from app.accounts.services.sign_in import SOURCE_FACTOR, WINDOW
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import DomainError
from app.core.unit_of_work import side_transaction
from app.extensions import db
from app.freezes.queries import is_anything_frozen
from app.tokens.policy import can_make_token

REQUESTS_PER_MINUTE = 120
MINUTE = 60  # seconds
# One entry of the trail in so long says that a token is in use, and how often it was before.
ENTRY_EVERY = timedelta(hours=1)
WRONG = (
    "APIトークンが使えません。正しく写したか、期限が過ぎていないか、取り消されていないかを、"
    "「自分のアカウント」の「APIトークン」で確かめてください。"
)
TOO_MANY = "使えないAPIトークンでの要求が続いたため、しばらく受け付けません。"
TOO_OFTEN = f"要求が1分に{REQUESTS_PER_MINUTE}回を超えました。時間をおいて続けてください。"


class TokenRefused(DomainError):
    """The token opens nothing (トークンの拒否): the same words for unknown, expired and revoked."""


class WaitBeforeNext(DomainError):
    """Too many requests (要求の制限); after `seconds` they are taken again."""

    def __init__(self, message: str, *, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(message)


def admit(secret: str, *, source: str, free_tries: int) -> tuple[ApiToken, bool]:
    """The token whose secret this is, noted as used (利用), and whether anything is frozen.

    Raises TokenRefused, alike for one that never was, is over or was revoked, and WaitBeforeNext.
    """
    row = db.session.execute(_token_of_hash(), {"token_hash": hash_secret(secret)}).unique()
    found, is_frozen = row.one_or_none() or (None, False)
    if found is None or not is_alive(found):
        _refuse(found, source=source, most=free_tries * SOURCE_FACTOR)
    _note_use(found)
    return found, bool(is_frozen)


def is_alive(token: ApiToken) -> bool:
    """Whether a token opens anything at this instant (有効なトークン).

    Not once it was revoked or its time is over, nor for an owner whose account, body or roles no
    longer carry it (P28).
    """
    owner = token.user
    is_of_owner = owner.organization_id == token.organization_id and can_make_token(owner)
    return token.is_open() and owner.is_active and is_of_owner


def hash_secret(secret: str) -> str:
    """Hash under which the secret of a token is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


# The words of the query are made once; it is asked anew with every request.
@cache
def _token_of_hash() -> Select[ApiToken, bool]:
    owner = joinedload(ApiToken.user, innerjoin=True)
    return (
        select(ApiToken, is_anything_frozen())
        .where(ApiToken.token_hash == bindparam("token_hash"))
        .options(owner.joinedload(User.role_grants), joinedload(ApiToken.rounds))
    )


def _refuse(token: ApiToken | None, *, source: str, most: int) -> NoReturn:
    """Leave a try and an entry (拒否の記録), until the source has left too many of them."""
    now = clock.now()
    tries = select(func.count()).where(
        SignInAttempt.step == SignInStep.TOKEN,
        SignInAttempt.source == source,
        SignInAttempt.attempted_at > now - WINDOW,
    )
    if (db.session.scalar(tries) or 0) >= most:
        raise WaitBeforeNext(TOO_MANY, seconds=int(WINDOW.total_seconds()))
    with side_transaction() as session:
        session.add(
            SignInAttempt(
                login_key="",
                source=source,
                attempted_at=now,
                is_success=False,
                step=SignInStep.TOKEN,
            )
        )
        subject = Subject(type="api_token", id=token.id if token else None)
        record("api_token.refuse", subject, actor=None, session=session)
    raise TokenRefused(WRONG)


def _note_use(token: ApiToken) -> None:
    """Count the request and show when the last one was (最後の利用). Raises WaitBeforeNext."""
    now = clock.now()
    second = int(now.timestamp())
    minute = second // MINUTE
    counted = case((ApiToken.minute == minute, ApiToken.minute_requests), else_=0)
    with side_transaction() as session:
        taken = session.execute(
            update(ApiToken)
            .where(ApiToken.id == token.id, counted < REQUESTS_PER_MINUTE)
            .values(
                last_used_at=now,
                requests=ApiToken.requests + 1,
                minute=minute,
                minute_requests=counted + 1,
            )
            .returning(ApiToken.id)
            .execution_options(synchronize_session=False)
        ).all()
        if taken and _is_entry_due(token):
            subject = Subject(type="api_token", id=token.id)
            changes = {"requests_before": token.requests}
            record("api_token.use", subject, actor=token.user, changes=changes, session=session)
    if not taken:
        raise WaitBeforeNext(TOO_OFTEN, seconds=MINUTE - second % MINUTE)


def _is_entry_due(token: ApiToken) -> bool:
    last = token.last_used_at
    seconds = ENTRY_EVERY.total_seconds()
    return last is None or last.timestamp() // seconds != clock.now().timestamp() // seconds
