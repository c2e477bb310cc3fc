"""Who works on what, and what was put behind (着手・後回し), and what is left to take."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Select, select

from app.accounts.models import User
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.triage.models import CaseClaim, CaseSkip, Pile
from app.triage.worklist.filters import QueueFilters, narrowed
from app.triage.worklist.items import Waiting, WorkItem, opened, waiting_work


class Neighbours(NamedTuple):
    """Place of a case in the pile one works through (前の1件・次の1件).

    `position` counts from 1; 0 for a case that is not in the pile (any more).
    """

    previous: WorkItem | None
    following: WorkItem | None
    position: int
    total: int


def claims_in_force() -> Select[CaseClaim]:
    """Claims that hold now (着手中), in no order yet: neither released nor run out."""
    return select(CaseClaim).where(
        CaseClaim.released_at.is_(None), CaseClaim.expires_at > clock.now()
    )


def claim_on(proposal: Proposal) -> CaseClaim | None:
    """Return the claim that holds on a case now (着手), None when nobody has it."""
    return db.session.scalars(
        claims_in_force().where(CaseClaim.proposal_id == proposal.id)
    ).one_or_none()


def claims_on(proposal_ids: Collection[int]) -> dict[int, CaseClaim]:
    """Claims that hold now on some cases, by proposal id (着手中)."""
    wanted = set(proposal_ids)
    # As many as people at work: less than the cases of a pile.
    rows = db.session.scalars(claims_in_force())
    return {row.proposal_id: row for row in rows if row.proposal_id in wanted}


def own_claims(actor: User, round_: Round) -> list[CaseClaim]:
    """Cases of a round the actor has on the desk now, the longest first (自分の着手中)."""
    return list(
        db.session.scalars(
            claims_in_force()
            .join(CaseClaim.proposal)
            .where(
                CaseClaim.user_id == actor.id,
                Proposal.round_id == round_.id,
                visible_to(actor),
            )
            .order_by(CaseClaim.claimed_at, CaseClaim.id)
        )
    )


def skips_in_force(actor: User) -> Select[CaseSkip]:
    """Cases the actor has put behind the others for now (後回し), in no order yet."""
    return select(CaseSkip).where(
        CaseSkip.user_id == actor.id,
        CaseSkip.ended_at.is_(None),
        CaseSkip.until > clock.today(),
    )


def own_skips(actor: User, round_: Round) -> list[CaseSkip]:
    """Cases of a round the actor has put behind, the next to come back first (後回しの一覧)."""
    return list(
        db.session.scalars(
            skips_in_force(actor)
            .join(CaseSkip.proposal)
            .where(Proposal.round_id == round_.id, visible_to(actor))
            .order_by(CaseSkip.until, CaseSkip.id)
        )
    )


def skip_of(actor: User, proposal: Proposal) -> CaseSkip | None:
    """Return how the actor has put this case behind (後回し), None when not."""
    return db.session.scalars(
        skips_in_force(actor).where(CaseSkip.proposal_id == proposal.id)
    ).one_or_none()


def without_skipped(actor: User, items: list[Waiting]) -> list[Waiting]:
    """Items without those the actor has put behind the others (後回しを除く)."""
    statement = skips_in_force(actor).with_only_columns(CaseSkip.proposal_id)
    skipped = set(db.session.scalars(statement))
    return [item for item in items if item.case.id not in skipped]


def pile_of(actor: User, round_: Round, pile: Pile, filters: QueueFilters) -> list[Waiting]:
    """Work of one kind that waits for the actor in a round, narrowed, the next due first."""
    items = [
        item
        for item in waiting_work(actor)
        if item.pile is pile and item.case.round_id == round_.id
    ]
    return narrowed(actor, round_, filters, without_skipped(actor, items))


def free_items(items: list[Waiting]) -> list[Waiting]:
    """Items nobody has on the desk now (だれも着手していないもの)."""
    taken = claims_on([item.case.id for item in items])
    return [item for item in items if item.case.id not in taken]


def neighbours_of(actor: User, proposal: Proposal, pile: Pile, filters: QueueFilters) -> Neighbours:
    """Case before and after this one in the narrowed pile; what colleagues work on is left out."""
    items = pile_of(actor, proposal.round, pile, filters)
    taken = claims_on([item.case.id for item in items])
    open_to_actor = [
        item
        for item in items
        if item.case.id == proposal.id
        or item.case.id not in taken
        or taken[item.case.id].user_id == actor.id
    ]
    ids = [item.case.id for item in open_to_actor]
    if proposal.id not in ids:
        return Neighbours(None, _opened(open_to_actor[:1]), 0, len(ids))
    place = ids.index(proposal.id)
    following = _opened(open_to_actor[place + 1 : place + 2])
    previous = _opened(open_to_actor[place - 1 : place]) if place else None
    return Neighbours(previous, following, place + 1, len(ids))


def _opened(items: list[Waiting]) -> WorkItem | None:
    return next(iter(opened(items)), None)
