"""Finding saved lists (保存した一覧の検索)."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.core.errors import NotFound
from app.extensions import db
from app.rounds.models import Round
from app.saved_lists.models import SavedList

NOT_FOUND = "この一覧は見つかりません。保存した一覧の画面から選んでください。"


def readable_by(actor: User) -> ColumnElement[bool]:
    """Condition for the lists of an actor: its own and those shared with the secretariat."""
    return or_(SavedList.owner_id == actor.id, SavedList.is_shared.is_(True))


def lists_for(actor: User, round_: Round | None = None) -> list[SavedList]:
    """Lists the actor may open, its own first, by name; of one round or of all (保存した一覧)."""
    statement = select(SavedList).where(readable_by(actor))
    if round_ is not None:
        # The page shows their names alone, and has read the round.
        statement = statement.where(SavedList.round_id == round_.id).options(
            lazyload(SavedList.owner), lazyload(SavedList.round)
        )
    found = db.session.scalars(statement.order_by(SavedList.round_id.desc(), SavedList.name))
    return sorted(found, key=lambda row: row.owner_id != actor.id)


def get_list(actor: User, list_id: int) -> SavedList:
    """Return a list the actor may open (保存した一覧). Raises NotFound."""
    found = db.session.scalars(
        select(SavedList).where(SavedList.id == list_id, readable_by(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found
