"""Finding tokens (APIトークンの一覧)."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import ApiToken, User
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.queries import SECRETARIAT_ROLES
from app.rounds.models import Round
from app.rounds.queries import named_rounds

NOT_FOUND = "このAPIトークンは見つかりません。一覧から選んでください。"


def tokens_of(owner: User) -> list[ApiToken]:
    """Tokens of a person, the newest first (自分のAPIトークン)."""
    own = all_tokens().where(ApiToken.user_id == owner.id).order_by(ApiToken.id.desc())
    return list(db.session.scalars(own).unique())


def all_tokens() -> Select[ApiToken]:
    """Tokens of everybody, in no order yet (APIトークンの一覧)."""
    return select(ApiToken).options(joinedload(ApiToken.body))


def count_tokens() -> int:
    """How many tokens were ever made (APIトークンの件数)."""
    return db.session.scalar(select(func.count(ApiToken.id))) or 0


def get_token(token_id: int) -> ApiToken:
    """Return a token, whosesoever it is (APIトークン). Raises NotFound."""
    found = db.session.get(ApiToken, token_id)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def readable_rounds(reader: User) -> list[Round]:
    """Rounds a person may read of (募集回の範囲), the latest first: a body none before it opens."""
    found = db.session.scalars(named_rounds())
    return [row for row in found if row.has_opened() or reader.has_role(*SECRETARIAT_ROLES)]


def round_labels() -> dict[int, str]:
    """Names of all rounds by their ids (募集回の名前)."""
    return {row.id: row.label for row in db.session.scalars(named_rounds())}
