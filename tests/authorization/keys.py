"""A token of everybody who may have one (APIトークン), for the doors that programs ask at."""

from datetime import timedelta

from app.accounts.models import ApiToken
from app.core import clock
from app.extensions import db
from app.tokens.policy import can_make_token
from app.tokens.use import hash_secret
from tests.authorization.cases import Cases


def add_keys(cases: Cases) -> None:
    """Add them without a letter to anybody: what others see stays as it was."""
    cases.ask_with("api.proposals", round=cases.world.round.key)
    for login, person in cases.world.people.items():
        if can_make_token(person):
            token = ApiToken(
                token_hash=hash_secret(secret_of(login)),
                user_id=person.id,
                organization_id=person.organization_id,
                name="試験のための用途",
                is_for_all_rounds=True,
                created_at=clock.now(),
                expires_at=clock.now() + timedelta(days=30),
            )
            db.session.add(token)
            db.session.flush()
            if login == "city":
                cases.know("token", token_id=token.id)


def secret_of(login: str) -> str:
    """Secret of the token of a login; of somebody without one it is one that nobody knows."""
    return f"kyotsu_{login}"
