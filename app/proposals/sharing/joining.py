"""Finding joining windows, opened proposals and who joined (追加共同提案の検索)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.accounts.queries import bodies_acted_for
from app.audit.reading import note_read
from app.core import clock
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.models import Endorsement, JoiningWindow, OpenedProposal, Proposal
from app.proposals.queries import NOT_FOUND, opened_to_bodies, proposals_visible_to
from app.rounds.models import Round
from app.workflow.states import State

WINDOW_NOT_FOUND = "この照会は見つかりません。追加共同提案の一覧から開いてください。"
# What a window may open: whatever was submitted and not taken back.
UNOPENABLE_STATES = (State.DRAFT, State.WITHDRAWN)


def opened_proposals() -> Select[Proposal]:
    """Proposals every body may read now, the latest round first, by number (照会の対象)."""
    found = select(Proposal).where(opened_to_bodies()).join(Proposal.round)
    return found.order_by(Round.opens_at.desc(), Proposal.round_id, Proposal.receipt_sequence)


def get_opened(receipt_number: str) -> Proposal:
    """Return an opened proposal. Raises NotFound alike for a hidden and a missing one."""
    if not receipt_number.isprintable():
        raise NotFound(NOT_FOUND)
    statement = select(Proposal).where(
        opened_to_bodies(), Proposal.receipt_number == receipt_number
    )
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("proposal", found.id)
    return found


def openable_proposals(actor: User, round_: Round) -> list[Proposal]:
    """Submitted proposals of a round that the actor may open, by number (照会にかけられる提案)."""
    return list(
        db.session.scalars(
            proposals_visible_to(actor)
            .where(Proposal.round_id == round_.id, Proposal.state.not_in(UNOPENABLE_STATES))
            .order_by(Proposal.receipt_sequence)
        )
    )


def list_windows() -> list[JoiningWindow]:
    """Every joining window, the latest first (追加共同提案の照会の一覧)."""
    return list(db.session.scalars(select(JoiningWindow).order_by(JoiningWindow.id.desc())))


def get_window(window_id: int) -> JoiningWindow:
    """Return the joining window with this id. Raises NotFound."""
    found = db.session.get(JoiningWindow, window_id)
    if found is None:
        raise NotFound(WINDOW_NOT_FOUND)
    return found


@once_a_page
def window_of(proposal: Proposal) -> JoiningWindow | None:
    """Window of a proposal that ends last, of those that have opened; None when none has."""
    return db.session.scalars(
        select(JoiningWindow)
        .join(JoiningWindow.opened)
        .where(OpenedProposal.proposal_id == proposal.id, JoiningWindow.opens_at <= clock.now())
        .order_by(JoiningWindow.closes_at.desc(), JoiningWindow.id.desc())
        .limit(1)
    ).one_or_none()


def windows_of(proposals: Sequence[Proposal]) -> dict[int, JoiningWindow]:
    """Window of each proposal that ends last, by proposal id, in one query."""
    rows = db.session.execute(
        select(OpenedProposal.proposal_id, JoiningWindow)
        .join(OpenedProposal.window)
        .where(
            OpenedProposal.proposal_id.in_([row.id for row in proposals]),
            JoiningWindow.opens_at <= clock.now(),
        )
        .order_by(JoiningWindow.closes_at, JoiningWindow.id)
    )
    return {row[0]: row[1] for row in rows}


def is_current() -> ColumnElement[bool]:
    """Condition for the endorsements that count (有効な追加共同提案)."""
    return Endorsement.replaced_at.is_(None) & Endorsement.withdrawn_at.is_(None)


def endorsement_by(actor: User, proposal: Proposal) -> Endorsement | None:
    """Return the endorsement of the actor's body that counts, None without one (追加共同提案)."""
    return db.session.scalars(
        select(Endorsement)
        .where(
            Endorsement.proposal_id == proposal.id,
            Endorsement.organization_id.in_(bodies_acted_for(actor)),
            is_current(),
        )
        .order_by(Endorsement.id)
        .limit(1)
    ).one_or_none()


@once_a_page
def all_endorsements_of(proposal: Proposal) -> list[Endorsement]:
    """Endorsements of a proposal, the changed and withdrawn ones too, oldest first."""
    return list(
        db.session.scalars(
            select(Endorsement)
            .where(Endorsement.proposal_id == proposal.id)
            .options(joinedload(Endorsement.submitted_by))
            .order_by(Endorsement.id)
        )
    )


def endorsements_by(actor: User) -> list[Endorsement]:
    """Endorsements of the actor's body that count, the latest first (自団体の追加共同提案)."""
    return list(
        db.session.scalars(
            select(Endorsement)
            .where(Endorsement.organization_id.in_(bodies_acted_for(actor)), is_current())
            .options(joinedload(Endorsement.proposal))
            .order_by(Endorsement.id.desc())
        )
    )


def endorsement_counts(proposals: Sequence[Proposal]) -> dict[int, int]:
    """Number of bodies that joined each proposal, by proposal id, in one query."""
    rows = db.session.execute(
        select(Endorsement.proposal_id, func.count())
        .where(Endorsement.proposal_id.in_([row.id for row in proposals]), is_current())
        .group_by(Endorsement.proposal_id)
    )
    return {row[0]: row[1] for row in rows}
