"""Finding the cases of a bulk act and the acts themselves (一括操作の検索)."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.accounts.models import User
from app.bulk.models import BulkAct
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import proposals_visible_to

NOT_FOUND = "このまとめた操作は見つかりません。提案一覧から選び直してください。"


def chosen_cases(actor: User, numbers: Sequence[str]) -> list[Proposal]:
    """Cases with these receipt numbers that the actor may know of, by id (選んだ提案).

    Whatever number is unknown or hidden is left out alike.
    """
    wanted = [number for number in numbers if number.isprintable()]
    statement = proposals_visible_to(actor).where(Proposal.receipt_number.in_(wanted))
    return list(db.session.scalars(statement.order_by(Proposal.id)))


def cases_with_ids(actor: User, ids: Collection[int]) -> list[Proposal]:
    """Cases with these ids that the actor may know of, by id (選んだ提案)."""
    statement = proposals_visible_to(actor).where(Proposal.id.in_(ids))
    return list(db.session.scalars(statement.order_by(Proposal.id)))


def get_act(actor: User, act_id: int) -> BulkAct:
    """Return a bulk act of the actor (一括操作の控え). Raises NotFound."""
    statement = select(BulkAct).where(BulkAct.id == act_id, BulkAct.actor_id == actor.id)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found
