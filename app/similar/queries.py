"""Cases a reader may compare (類似の候補), the notes on them and the verdicts on pairs."""

from sqlalchemy import ColumnElement, and_, or_, select

from app.accounts.models import User
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import BODY_ROLES, is_of_body, opened_to_bodies, visible_to
from app.rounds.models import Round
from app.similar.models import PairVerdict, SimilarNote, Verdict
from app.workflow.states import State


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


def comparable_at_desk(actor: User, round_: Round) -> ColumnElement[bool]:
    """Condition for the cases the secretariat compares one of a round with (類似の案件).

    All rounds, but a practice round stays among itself (操作練習). A case that went into another
    one is read there.
    """
    real_rounds = select(Round.id).where(Round.is_practice.is_(False))
    is_of_rounds = (
        Proposal.round_id == round_.id if round_.is_practice else Proposal.round_id.in_(real_rounds)
    )
    return and_(
        visible_to(actor),
        Proposal.receipt_number.is_not(None),
        Proposal.state != State.MERGED,
        is_of_rounds,
    )


def ids_of_round(round_: Round) -> set[int]:
    """Ids of all cases of a round, whoever asks: for what is known already, never to be shown."""
    return set(db.session.scalars(select(Proposal.id).where(Proposal.round_id == round_.id)))


def verdicts_of(proposal: Proposal) -> dict[int, PairVerdict]:
    """Verdicts on a case and others (重複の判定), by the id of the other case."""
    rows = db.session.scalars(
        select(PairVerdict)
        .where((PairVerdict.lower_id == proposal.id) | (PairVerdict.higher_id == proposal.id))
        .execution_options(populate_existing=True)
    )
    return {row.higher_id if row.lower_id == proposal.id else row.lower_id: row for row in rows}


def verdict_on(one_id: int, other_id: int) -> PairVerdict | None:
    """The verdict on two cases (重複の判定), None while nobody gave one."""
    key = (min(one_id, other_id), max(one_id, other_id))
    return db.session.get(PairVerdict, key, populate_existing=True)


def pairs_judged(verdict: Verdict) -> set[tuple[int, int]]:
    """Pairs of ids with this verdict, the lower id first."""
    rows = db.session.execute(
        select(PairVerdict.lower_id, PairVerdict.higher_id).where(PairVerdict.verdict == verdict)
    )
    return {(row.lower_id, row.higher_id) for row in rows}


def ids_of(actor: User, condition: ColumnElement[bool], ids: list[int]) -> set[int]:
    """Which of the ids meet a condition that depends on the reader (閲覧範囲の照合)."""
    return set(db.session.scalars(select(Proposal.id).where(Proposal.id.in_(ids), condition)))


def proposals_with(ids: list[int]) -> dict[int, Proposal]:
    """Proposals by id; the caller has checked that the reader may know of them."""
    if not ids:
        return {}
    rows = db.session.scalars(select(Proposal).where(Proposal.id.in_(ids)))
    return {row.id: row for row in rows}


@once_a_page
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
