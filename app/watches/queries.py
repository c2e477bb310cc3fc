"""Finding what is watched (見直しの条件の検索). Every list starts from what the actor may see."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.registers.models import RegisterEntryVersion
from app.rounds.models import Category, Round
from app.watches.models import Watch, WatchCheck, WatchStatus, WatchVersion
from app.workflow.states import FollowUp, State

NOT_FOUND = "この見直しの条件は見つかりません。見直しの条件の一覧から選んでください。"
# What the scheme says follows a class: a trigger in words (F-2), or a date (F-3, F-4).
FOLLOWED = (FollowUp.TRIGGER, FollowUp.REVISIT)
# A closed case is watched on: its body was told, the condition may still come true.
FOLLOWED_STATES = (State.CLASSIFIED, State.CLOSED)


def is_followed() -> ColumnElement[bool]:
    """Condition for the cases whose class is looked at again (見直しの対象): F-2, F-3, F-4."""
    followed = select(Category.id).where(Category.follow_up.in_(FOLLOWED))
    return and_(Proposal.state.in_(FOLLOWED_STATES), Proposal.category_id.in_(followed))


def register_changed() -> ColumnElement[bool]:
    """Condition for the watches whose row of a register changed since the last look (台帳の変更).

    Also when the row was taken out of use (廃止) or put back.
    """
    return exists().where(
        RegisterEntryVersion.entry_id == Watch.register_entry_id,
        RegisterEntryVersion.changed_at > Watch.looked_at,
    )


def due_watches(day: date) -> Select[Watch]:
    """Open watches to be looked at on a JST day (確認が必要な見直し), the earliest date first.

    Their date has come, or their row of a register changed. Of every round, practice ones too, and
    of everybody: whoever shows them to a person adds `visible_to`.
    """
    return (
        select(Watch)
        .join(Watch.proposal)
        .where(
            Watch.status == WatchStatus.OPEN,
            is_followed(),
            or_(Watch.check_on <= day, register_changed()),
        )
        .order_by(Watch.check_on.is_(None), Watch.check_on, Watch.id)
    )


def due_count(actor: User, day: date) -> int:
    """Number of watches of the actor's own that are to be looked at (自分の見直し)."""
    own = due_watches(day).where(Watch.owner_id == actor.id, visible_to(actor), is_in_real_round())
    return len(db.session.scalars(own.with_only_columns(Watch.id)).all())


def is_in_real_round() -> ColumnElement[bool]:
    """Condition for the cases of a round that is no practice (練習用を除く)."""
    return Proposal.round_id.in_(select(Round.id).where(Round.is_practice.is_(False)))


def watches_for(actor: User, round_ids: Sequence[int]) -> list[Watch]:
    """Watches on the cases of some rounds the actor may see, the earliest date first (一覧)."""
    statement = (
        select(Watch)
        .join(Watch.proposal)
        .where(visible_to(actor), Proposal.round_id.in_(round_ids))
        .options(
            joinedload(Watch.owner),
            joinedload(Watch.proposal).joinedload(Proposal.category),
            joinedload(Watch.register_entry),
        )
        .order_by(Watch.check_on.is_(None), Watch.check_on, Watch.id)
    )
    return list(db.session.scalars(statement))


def unwatched_cases(actor: User, round_ids: Sequence[int]) -> list[Proposal]:
    """Cases of a followed class without any watch (未登録), by receipt number.

    One whose watches all ended is not among them: somebody looked, and said that it is over.
    """
    statement = (
        select(Proposal)
        .where(
            visible_to(actor),
            Proposal.round_id.in_(round_ids),
            is_followed(),
            ~exists().where(Watch.proposal_id == Proposal.id),
        )
        .options(joinedload(Proposal.category))
        .order_by(Proposal.round_id, Proposal.receipt_sequence, Proposal.branch_number)
    )
    return list(db.session.scalars(statement))


def changed_register_ids(watch_ids: Sequence[int]) -> set[int]:
    """Which of these open watches have a row of a register that changed since (台帳の変更)."""
    if not watch_ids:
        return set()
    statement = select(Watch.id).where(
        Watch.id.in_(watch_ids), Watch.status == WatchStatus.OPEN, register_changed()
    )
    return set(db.session.scalars(statement))


@once_a_page
def watches_of(proposal: Proposal) -> list[Watch]:
    """Watches of a case with all that was written and found, the newest first (案件の見直し)."""
    statement = (
        select(Watch)
        .where(Watch.proposal_id == proposal.id)
        .options(
            joinedload(Watch.owner),
            joinedload(Watch.created_by),
            joinedload(Watch.register_entry),
            selectinload(Watch.versions).joinedload(WatchVersion.written_by),
            selectinload(Watch.versions).joinedload(WatchVersion.owner),
            selectinload(Watch.checks).joinedload(WatchCheck.checked_by),
        )
        .order_by(Watch.id.desc())
    )
    return list(db.session.scalars(statement))


def get_watch(proposal: Proposal, watch_id: int) -> Watch:
    """Return a watch of a case the caller may see (見直しの条件). Raises NotFound."""
    statement = select(Watch).where(Watch.id == watch_id, Watch.proposal_id == proposal.id)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found
