"""Cases a body may compare its proposal with (類似の候補), and the notes on them."""

from sqlalchemy import ColumnElement, and_, or_, select

from app.accounts.models import User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import BODY_ROLES, is_of_body, opened_to_bodies, visible_to
from app.rounds.models import Round
from app.similar.models import SimilarNote
from app.similar.ranking import Candidate


def comparable_for(actor: User) -> ColumnElement[bool]:
    """Condition for the cases that may be shown as similar: own, partner's and opened ones.

    Practice rounds stay out, and so do drafts of other bodies. What a body sees here, it can open.
    """
    is_opened = opened_to_bodies() if actor.has_role(*BODY_ROLES) else None
    known = visible_to(actor) if is_opened is None else or_(visible_to(actor), is_opened)
    return and_(
        known,
        or_(Proposal.receipt_number.is_not(None), is_of_body(actor)),
        Proposal.round_id.in_(select(Round.id).where(Round.is_practice.is_(False))),
    )


def candidates_for(actor: User, *, apart_from: int | None = None) -> list[Candidate]:
    """Cases to rank for an actor (類似の候補), without the proposal asked about itself."""
    statement = select(Proposal.id, Proposal.title, Proposal.search_key).where(
        comparable_for(actor), Proposal.search_key != ""
    )
    if apart_from is not None:
        statement = statement.where(Proposal.id != apart_from)
    return [Candidate(*row) for row in db.session.execute(statement.order_by(Proposal.id))]


def ids_of(actor: User, condition: ColumnElement[bool], ids: list[int]) -> set[int]:
    """Which of the ids meet a condition that depends on the reader (閲覧範囲の照合)."""
    return set(db.session.scalars(select(Proposal.id).where(Proposal.id.in_(ids), condition)))


def proposals_with(ids: list[int]) -> dict[int, Proposal]:
    """Proposals by id; the caller has checked that the reader may know of them."""
    rows = db.session.scalars(select(Proposal).where(Proposal.id.in_(ids)))
    return {row.id: row for row in rows}


def notes_of(proposal: Proposal) -> list[SimilarNote]:
    """Every note of a proposal on similar ones (違いのメモ), oldest first."""
    return list(
        db.session.scalars(
            select(SimilarNote)
            .where(SimilarNote.proposal_id == proposal.id)
            .order_by(SimilarNote.id)
            .execution_options(populate_existing=True)
        )
    )
