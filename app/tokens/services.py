"""Making and revoking tokens (APIトークンの発行・取消し)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import ApiToken, ApiTokenRound, Organization, TokenEnd, User
from app.accounts.queries import find_body
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_date
from app.core.errors import InvalidInput
from app.extensions import db
from app.notifications.services import enqueue
from app.proposals.queries import SECRETARIAT_ROLES
from app.rounds.models import Round
from app.tokens.policy import authorize_make_token, authorize_revoke_token
from app.tokens.use import hash_secret

LETTER = "api_token_made"
# Told by its beginning when one turns up where it should not.
PREFIX = "kyotsu_"
SECRET_BYTES = 32
LONGEST_LIFE = timedelta(days=365)
MOST_ALIVE = 20
PAGE = "/account/tokens"
DAY_IS_OVER = "期限の日は、今日以後の日にしてください"
TOO_LONG = "期限の日は、今日から1年以内にしてください。続けて使うときは、期限の前に発行し直します"
NO_ROUND = "募集回を1つ以上選んでください"
UNKNOWN_BODY = "この団体コードの団体は登録されていません"
TOO_MANY = (
    f"使えるAPIトークンは1人{MOST_ALIVE}件までです。"
    "使っていないものを取り消してから発行してください"
)


@dataclass(frozen=True, kw_only=True)
class MakeToken:
    """What a token is for, and what it reads (APIトークンの発行).

    `rounds` None for all rounds; `body_code` "" for all that the owner may read; `expires_on` is
    its last day (JST).
    """

    name: str
    rounds: Collection[Round] | None
    body_code: str
    expires_on: date


def make_token(command: MakeToken, *, actor: User) -> tuple[ApiToken, str]:
    """Make a token of one's own; return it with its secret, shown once (APIトークンの発行).

    The owner is told of it. Raises NotAllowed, InvalidInput.
    """
    authorize_make_token(actor)
    body = _checked(command, actor)
    secret = PREFIX + secrets.token_hex(SECRET_BYTES)
    day_after = command.expires_on + timedelta(days=1)
    token = ApiToken(
        token_hash=hash_secret(secret),
        user_id=actor.id,
        organization_id=actor.organization_id,
        body_id=body.id if body else None,
        name=command.name,
        is_for_all_rounds=command.rounds is None,
        rounds=[ApiTokenRound(round_id=row.id) for row in command.rounds or ()],
        created_at=clock.now(),
        expires_at=clock.jst(day_after.year, day_after.month, day_after.day),
    )
    db.session.add(token)
    db.session.flush()
    _record_making(token, command, body, actor)
    enqueue(
        LETTER,
        [actor],
        key=f"{LETTER}:{token.id}",
        path=PAGE,
        token_number=token.id,
        last_day=format_date(command.expires_on),
    )
    return token, secret


def revoke_token(token: ApiToken, *, actor: User) -> bool:
    """End a token at once (APIトークンの取消し); False when it was over. Raises NotFound."""
    authorize_revoke_token(actor, token)
    if not token.is_open():
        return False
    token.ended_at, token.end = clock.now(), TokenEnd.REVOKED
    record(
        "api_token.revoke",
        Subject(type="api_token", id=token.id),
        actor=actor,
        changes={"owner": token.user_id},
    )
    return True


def _checked(command: MakeToken, actor: User) -> Organization | None:
    """The one body a token reads, None for all. Raises InvalidInput."""
    errors: dict[str, list[str]] = {}
    today = clock.today()
    if command.expires_on < today:
        errors["expires_on"] = [DAY_IS_OVER]
    elif command.expires_on > today + LONGEST_LIFE:
        errors["expires_on"] = [TOO_LONG]
    if command.rounds is not None and not command.rounds:
        errors["rounds"] = [NO_ROUND]
    body = find_body(command.body_code) if _may_name_body(command, actor) else None
    if body is None and _may_name_body(command, actor):
        errors["body_code"] = [UNKNOWN_BODY]
    if _count_alive(actor) >= MOST_ALIVE:
        errors["name"] = [TOO_MANY]
    if errors:
        raise InvalidInput(errors)
    return body


def _may_name_body(command: MakeToken, actor: User) -> bool:
    return bool(command.body_code) and actor.has_role(*SECRETARIAT_ROLES)


def _count_alive(actor: User) -> int:
    return len(
        db.session.scalars(
            select(ApiToken.id).where(
                ApiToken.user_id == actor.id,
                ApiToken.ended_at.is_(None),
                ApiToken.expires_at > clock.now(),
            )
        ).all()
    )


def _record_making(
    token: ApiToken, command: MakeToken, body: Organization | None, actor: User
) -> None:
    record(
        "api_token.make",
        Subject(type="api_token", id=token.id),
        actor=actor,
        changes={
            "rounds": sorted(row.key for row in command.rounds) if command.rounds else "all",
            "body": body.code if body else "",
            "expires_on": command.expires_on.isoformat(),
        },
    )
