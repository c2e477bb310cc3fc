"""Finding plans, holds, lists and media (個人情報の廃棄の検索)."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, select

from app.accounts.models import User
from app.core.errors import NotFound
from app.extensions import db
from app.personal_data.models import (
    DisposalItem,
    DisposalList,
    ErasureHold,
    ErasurePlan,
    ItemOutcome,
    StorageMedium,
)
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.workflow.states import State

NO_LIST = "この廃棄の一覧は見つかりません。「個人情報」の画面から開いてください。"
NO_HOLD = "この保留は見つかりません。保留の一覧から選んでください。"
NO_MEDIUM = "この媒体・写しは見つかりません。廃棄簿から選んでください。"

# The work on these is over; the others are erased once theirs is, too.
ENDED_STATES = (State.DRAFT, State.CLOSED, State.WITHDRAWN, State.MERGED)


class Figures(NamedTuple):
    """How many cases of a list the reader may know of, and what became of them (件数)."""

    cases: int
    erased: int
    kept: int


def plan_of(round_id: int) -> ErasurePlan | None:
    """Plan of a round (廃棄の計画), None while nobody wrote one."""
    return db.session.scalars(
        select(ErasurePlan).where(ErasurePlan.round_id == round_id)
    ).one_or_none()


def plans_by_round() -> dict[int, ErasurePlan]:
    """All plans by the id of their round (廃棄の計画の一覧)."""
    return {plan.round_id: plan for plan in db.session.scalars(select(ErasurePlan))}


def due_plans(today: date) -> list[ErasurePlan]:
    """Approved plans whose purpose has ended before a JST day (期日の来た計画)."""
    return list(
        db.session.scalars(
            select(ErasurePlan)
            .where(ErasurePlan.approved_at.is_not(None), ErasurePlan.purpose_ends_on < today)
            .order_by(ErasurePlan.id)
        )
    )


def is_held() -> ColumnElement[bool]:
    """Condition for the proposals that are kept for now (廃棄の保留)."""
    return exists().where(ErasureHold.proposal_id == Proposal.id, ErasureHold.lifted_at.is_(None))


def is_held_now(proposal_id: int) -> bool:
    """Whether a proposal is kept for now (廃棄の保留)."""
    found = select(ErasureHold.id).where(
        ErasureHold.proposal_id == proposal_id, ErasureHold.lifted_at.is_(None)
    )
    return db.session.scalar(found.limit(1)) is not None


def cases_to_erase(plan: ErasurePlan) -> list[int]:
    """Ids of the cases of a plan that are over, not held, not erased, on no open list yet."""
    on_a_list = exists().where(
        DisposalItem.proposal_id == Proposal.id,
        DisposalItem.outcome.is_distinct_from(ItemOutcome.KEPT),
    )
    return list(
        db.session.scalars(
            select(Proposal.id)
            .where(
                Proposal.round_id == plan.round_id,
                Proposal.state.in_(ENDED_STATES),
                ~on_a_list,
                ~is_held(),
            )
            .order_by(Proposal.id)
        )
    )


def get_list(disposal_id: int) -> DisposalList:
    """Return the disposal list with this id. Raises NotFound."""
    found = db.session.get(DisposalList, disposal_id)
    if found is None:
        raise NotFound(NO_LIST)
    return found


def all_lists() -> list[DisposalList]:
    """All disposal lists, the newest first (廃棄の一覧)."""
    return list(db.session.scalars(select(DisposalList).order_by(DisposalList.id.desc())))


def lists_to_do() -> list[int]:
    """Ids of the lists that were approved and are not finished (廃棄中の一覧)."""
    return list(
        db.session.scalars(
            select(DisposalList.id)
            .where(DisposalList.approved_at.is_not(None), DisposalList.finished_at.is_(None))
            .order_by(DisposalList.id)
        )
    )


def lists_to_wipe() -> list[int]:
    """Ids of the finished lists whose traces lie on the disk still (跡の消去待ち)."""
    return list(
        db.session.scalars(
            select(DisposalList.id)
            .where(DisposalList.finished_at.is_not(None), DisposalList.wiped_at.is_(None))
            .order_by(DisposalList.id)
        )
    )


def open_items(disposal_id: int) -> list[int]:
    """Ids of the cases of a list that are still to be done (残り)."""
    return list(
        db.session.scalars(
            select(DisposalItem.id)
            .where(DisposalItem.list_id == disposal_id, DisposalItem.outcome.is_(None))
            .order_by(DisposalItem.id)
        )
    )


def items_seen(actor: User, disposal: DisposalList) -> Select[DisposalItem]:
    """Cases of a list the actor may know of (利益相反を除く), by number; drafts are not shown."""
    return (
        select(DisposalItem)
        .join(DisposalItem.proposal)
        .where(DisposalItem.list_id == disposal.id, visible_to(actor))
        .order_by(Proposal.receipt_sequence, Proposal.branch_number, DisposalItem.id)
    )


def figures_seen(actor: User, disposal: DisposalList) -> Figures:
    """Counts over the cases the actor may know of (件数)."""
    seen = items_seen(actor, disposal).order_by(None).subquery()
    rows = db.session.execute(select(seen.c.outcome, func.count()).group_by(seen.c.outcome))
    counts = {row[0]: row[1] for row in rows}
    return Figures(
        sum(counts.values()), counts.get(ItemOutcome.ERASED, 0), counts.get(ItemOutcome.KEPT, 0)
    )


def holds_seen(actor: User) -> list[ErasureHold]:
    """Holds on the cases the actor may know of, those in force first (保留の一覧)."""
    return list(
        db.session.scalars(
            select(ErasureHold)
            .join(ErasureHold.proposal)
            .where(visible_to(actor))
            .order_by(ErasureHold.lifted_at.is_not(None), ErasureHold.id.desc())
        ).unique()
    )


def get_hold(actor: User, hold_id: int) -> ErasureHold:
    """Return a hold on a case the actor may know of. Raises NotFound."""
    found = db.session.scalars(
        select(ErasureHold)
        .join(ErasureHold.proposal)
        .where(ErasureHold.id == hold_id, visible_to(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(NO_HOLD)
    return found


def all_media() -> list[StorageMedium]:
    """Media and backups, those that exist first, by the day they must go (媒体・写しの廃棄簿)."""
    return list(
        db.session.scalars(
            select(StorageMedium).order_by(
                StorageMedium.destroyed_on.is_not(None),
                StorageMedium.destroy_by,
                StorageMedium.id,
            )
        )
    )


def get_medium(medium_id: int) -> StorageMedium:
    """Return the medium with this id. Raises NotFound."""
    found = db.session.get(StorageMedium, medium_id)
    if found is None:
        raise NotFound(NO_MEDIUM)
    return found
