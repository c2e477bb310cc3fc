"""Finding saved lists (保存した一覧の検索)."""

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.models import User
from app.accounts.queries import bodies_acted_for
from app.core import clock
from app.core.errors import NotFound
from app.extensions import db
from app.rounds.models import Round
from app.saved_lists.kinds import kinds_for
from app.saved_lists.models import ListKind, PinnedList, SavedList

NOT_FOUND = "この一覧は見つかりません。保存した一覧の画面から選んでください。"


def readable_by(actor: User) -> ColumnElement[bool]:
    """Condition for the lists of an actor: its own and those shared within its body (共有).

    Of its present body alone, and of kinds it can open today: who moves on leaves them (P28).
    """
    return and_(
        SavedList.kind.in_(kinds_for(actor)),
        SavedList.organization_id.in_(bodies_acted_for(actor)),
        or_(SavedList.owner_id == actor.id, SavedList.is_shared.is_(True)),
    )


def all_lists_for(actor: User) -> list[SavedList]:
    """Lists the actor may open, its own first, by kind and name (保存した一覧)."""
    kinds = kinds_for(actor)
    statement = (
        select(SavedList).where(readable_by(actor)).options(joinedload(SavedList.organization))
    )
    return sorted(
        db.session.scalars(statement),
        key=lambda row: (row.owner_id != actor.id, kinds.index(row.kind), row.name, row.id),
    )


def lists_for(actor: User, round_: Round) -> list[SavedList]:
    """Lists of cases of a round the actor may open, its own first, by name (提案一覧の保存)."""
    # The page shows their names alone, and has read the round.
    statement = (
        select(SavedList)
        .where(
            readable_by(actor),
            SavedList.kind == ListKind.CASES,
            SavedList.round_id == round_.id,
        )
        .options(lazyload(SavedList.owner), lazyload(SavedList.round))
        .order_by(SavedList.name, SavedList.id)
    )
    return sorted(db.session.scalars(statement), key=lambda row: row.owner_id != actor.id)


def pinned_lists(actor: User) -> list[SavedList]:
    """Lists the actor keeps on the home and may still open, in its order (ピン留め)."""
    return list(
        db.session.scalars(
            select(SavedList)
            .join(PinnedList, PinnedList.list_id == SavedList.id)
            .where(PinnedList.user_id == actor.id, readable_by(actor))
            .options(lazyload(SavedList.owner))
            .order_by(PinnedList.position, PinnedList.list_id)
        )
    )


def find_pin(actor: User, saved: SavedList) -> PinnedList | None:
    """The pin of a list on the home of an actor (ピン留め), None where there is none."""
    return db.session.get(PinnedList, (actor.id, saved.id), populate_existing=True)


def count_owned(actor: User) -> int:
    """How many lists a person has saved (保存した数)."""
    counted = select(func.count()).where(SavedList.owner_id == actor.id)
    return db.session.scalar(counted) or 0


def get_list(actor: User, list_id: int) -> SavedList:
    """Return a list the actor may open (保存した一覧). Raises NotFound."""
    found = db.session.scalars(
        select(SavedList).where(SavedList.id == list_id, readable_by(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def has_left(saved: SavedList) -> bool:
    """Whether its owner can open the list no longer (異動・退職): gone, moved, another role."""
    owner, today = saved.owner, clock.today()
    if not owner.is_active or saved.kind not in kinds_for(owner):
        return True
    return saved.organization.acting_on(today) is not owner.organization.acting_on(today)
