"""Tokens for the tests (APIトークン)."""

from collections.abc import Collection
from datetime import timedelta

from app.accounts.models import ApiToken, User
from app.core import clock
from app.rounds.models import Round
from app.tokens.services import MakeToken, make_token


def make_key(
    owner: User,
    *,
    rounds: Collection[Round] | None = None,
    body_code: str = "",
    days: int = 30,
) -> tuple[ApiToken, str]:
    """Make a token that is open for so many days, in the running transaction."""
    command = MakeToken(
        name="進行管理表への取込み",
        rounds=rounds,
        body_code=body_code,
        expires_on=clock.today() + timedelta(days=days),
    )
    return make_token(command, actor=owner)
