"""Finding hand-overs (授受の検索)."""

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select

from app.accounts.models import Role, User
from app.accounts.queries import destinations_of
from app.core import clock
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import (
    BODY_ROLES,
    SECRETARIAT_ROLES,
    has_conflict,
    is_of_body,
    visible_to,
)
from app.transfers.models import Transfer, TransferKind

NOT_FOUND = "この授受は見つかりません。授受の確認の一覧から開いてください。"
MINISTRY_ROLES = (Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR)
TO_BODIES = (TransferKind.RETURN, TransferKind.RELEASE)


def transfers_for(actor: User) -> Select[Transfer]:
    """Hand-overs the actor may know of (授受の閲覧範囲), in no order yet.

    The secretariat's are those of the cases it sees. A body knows what was handed to it, a ministry
    what it sent; neither learns of the other's (P26).
    """
    allowed: list[ColumnElement[bool]] = [false()]
    if actor.has_role(*SECRETARIAT_ROLES):
        allowed.append(visible_to(actor))
    if actor.has_role(*BODY_ROLES):
        allowed.append(and_(Transfer.kind.in_(TO_BODIES), is_of_body(actor)))
    if actor.has_role(*MINISTRY_ROLES):
        is_own = Transfer.from_body_id.in_(destinations_of(actor))
        conflicted = has_conflict(actor.id)
        allowed.append(and_(Transfer.kind == TransferKind.REPLY, is_own, not_(conflicted)))
    return select(Transfer).join(Transfer.proposal).where(or_(*allowed))


def get_transfer(actor: User, number: str) -> Transfer:
    """Return the hand-over with this number (授受). Raises NotFound."""
    statement = transfers_for(actor).where(Transfer.number == number)
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def standing(show: str) -> ColumnElement[bool]:
    """Condition for a part of the list (受領待ち・期限超過・総括に報告済み・受領済み)."""
    if show == "confirmed":
        return Transfer.confirmed_at.is_not(None)
    waiting = is_waiting()
    if show == "escalated":
        return and_(waiting, Transfer.escalated_at.is_not(None))
    return and_(waiting, Transfer.due_on < clock.today()) if show == "overdue" else waiting


def is_waiting() -> ColumnElement[bool]:
    """Condition for what somebody has to receive yet (受領待ち)."""
    return and_(Transfer.confirmed_at.is_(None), Transfer.cancelled_at.is_(None))


def unconfirmed_overdue() -> Select[Transfer]:
    """Hand-overs past their date that nobody received yet (受領の期限超過), the oldest first."""
    return (
        select(Transfer)
        .join(Transfer.proposal)
        .join(Proposal.round)
        .where(standing("overdue"))
        .order_by(Transfer.due_on, Transfer.id)
    )
