"""Finding proposals (提案の検索). Every list starts from what the actor may see."""

from collections.abc import Collection
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
)
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.models import Organization, Role, User
from app.accounts.queries import bodies_acted_for
from app.audit.reading import note_read
from app.core import clock
from app.core.database import is_writing
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.conflicts import conflict_of, conflict_of_each
from app.proposals.models import (
    ConflictOfInterest,
    CoProposer,
    CorrectionRequest,
    JoiningWindow,
    OpenedProposal,
    PartnerAnswer,
    Proposal,
    ProposalRevision,
)
from app.rounds.models import Round, Scheme
from app.workflow.states import State
from app.workflow.terms import OWING_STATES

NOT_FOUND = "この提案は見つかりません。受付番号を確かめてください。"

# Read with a case, for its pages name them; terms and classes of the round only some of them do.
_READ_ALONG = (
    joinedload(Proposal.ministry),
    joinedload(Proposal.category),
    joinedload(Proposal.organization).joinedload(Organization.types),
    joinedload(Proposal.round).options(
        lazyload(Round.terms), joinedload(Round.scheme).lazyload(Scheme.categories)
    ),
)

BODY_ROLES = (Role.PROPOSER, Role.PROPOSER_MANAGER)
SECRETARIAT_ROLES = (Role.OFFICER, Role.LEAD, Role.AUDITOR)


def visible_to(actor: User) -> ColumnElement[bool]:
    """Condition for the proposals an actor may know of (閲覧範囲): the second gate.

    A body sees its own and those it is a partner of; the secretariat all that was ever submitted,
    except what the person has a conflict of interest with. Nobody else sees any before a hand-off
    or a publication.
    """
    allowed: list[ColumnElement[bool]] = [false()]
    if actor.has_role(*BODY_ROLES):
        allowed.append(is_of_body(actor))
        allowed.append(is_partner_of(actor))
    if actor.has_role(*SECRETARIAT_ROLES):
        allowed.append(and_(Proposal.state != State.DRAFT, *_without_conflicts(actor)))
    return or_(*allowed)


def _without_conflicts(actor: User) -> list[ColumnElement[bool]]:
    # Most people have none: a page asks once, and its lists need not look for any. A guard of a
    # writing transaction asks in the very query that it judges by.
    if not is_writing.get() and not has_any_conflict(actor.id):
        return []
    return [~has_conflict(actor.id)]


def sees_all_submitted(actor: User) -> bool:
    """Whether `visible_to` leaves out none of the cases that were submitted (事務局の全件)."""
    return actor.has_role(*SECRETARIAT_ROLES) and not _without_conflicts(actor)


def is_of_body(actor: User) -> ColumnElement[bool]:
    """Condition for the proposals of the bodies the actor acts for (自団体の提案)."""
    return Proposal.organization_id.in_(bodies_acted_for(actor))


def is_partner_of(actor: User) -> ColumnElement[bool]:
    """Condition for the proposals the actor's body was asked to join or has joined (共同提案).

    A partner that declined, took its consent back or was removed knows of it no longer.
    """
    return exists().where(
        CoProposer.proposal_id == Proposal.id,
        CoProposer.organization_id.in_(bodies_acted_for(actor)),
        CoProposer.removed_at.is_(None),
        CoProposer.answer != PartnerAnswer.DECLINED,
    )


def opened_to_bodies() -> ColumnElement[bool]:
    """Condition for the proposals every body may read now (追加共同提案の照会の対象).

    From the opening of a joining window on, also after its end; a withdrawn one no longer. Only the
    shared fields may be shown: no contact, state, category or triage.
    """
    return and_(
        Proposal.state.not_in([State.DRAFT, State.WITHDRAWN]),
        exists().where(
            OpenedProposal.proposal_id == Proposal.id,
            OpenedProposal.window_id == JoiningWindow.id,
            JoiningWindow.opens_at <= clock.now(),
        ),
    )


def is_overdue() -> ColumnElement[bool]:
    """Condition for cases past the date that is owed (期限超過), as of today in JST.

    A revisit date (見直し日) is announced and nothing is owed by it: it comes, nobody is late.
    """
    return and_(Proposal.state.in_(OWING_STATES), Proposal.due_on < clock.today())


def is_due_today() -> ColumnElement[bool]:
    """Condition for cases of which something is owed by the end of today (今日が期限)."""
    return and_(Proposal.state.in_(OWING_STATES), Proposal.due_on == clock.today())


def has_conflict(user_id: int | SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Condition for the proposals a user must not touch today (利益相反).

    `user_id` may be a column that names the user. A conflict with a body holds for the proposals it
    made and for those it is a partner of. One with a case holds also for the case it went into
    (統合): the two are judged together.
    """
    return conflict_of(user_id) if isinstance(user_id, int) else conflict_of_each(user_id)


@once_a_page
def is_conflicted(user_id: int, proposal: Proposal) -> bool:
    """Whether a user must not touch this proposal today (利益相反)."""
    # As with `visible_to`: a guard of a writing transaction asks in full, a page once for all.
    if not is_writing.get() and not has_any_conflict(user_id):
        return False
    found = _conflicted(user_id, clock.today())
    return db.session.scalar(found, {"case_id": proposal.id}) is not None


# Of queries that every page asks the words are made once; they are asked anew each time.
@lru_cache(maxsize=1024)
def _conflicted(user_id: int, _today: date) -> Select[int]:
    return select(Proposal.id).where(Proposal.id == bindparam("case_id"), has_conflict(user_id))


def people_in_conflict(proposal: Proposal, user_ids: Collection[int]) -> set[int]:
    """Which of some users must not touch this proposal today (利益相反), in one query."""
    found = (
        select(User.id)
        .join(Proposal, Proposal.id == proposal.id)
        .where(User.id.in_(user_ids), has_conflict(User.id))
    )
    return set(db.session.scalars(found))


@once_a_page
def has_any_conflict(user_id: int) -> bool:
    """Whether a user has a conflict of interest with anything today (利益相反); few have."""
    return db.session.scalar(_any_conflict(clock.today()), {"user_id": user_id}) is not None


@lru_cache(maxsize=2)
def _any_conflict(_today: date) -> Select[int]:
    return (
        select(ConflictOfInterest.id)
        .where(ConflictOfInterest.user_id == bindparam("user_id"), ConflictOfInterest.in_force())
        .limit(1)
    )


def proposals_visible_to(actor: User) -> Select[Proposal]:
    """Proposals the actor may know of, in no order yet."""
    return select(Proposal).where(visible_to(actor))


def get_visible(actor: User, receipt_number: str) -> Proposal:
    """Return the proposal with this receipt number (受付番号).

    Raises NotFound alike for a number that does not exist and one the actor may not know of.
    """
    # An address may hold what a database refuses to compare with, NUL above all.
    if not receipt_number.isprintable():
        raise NotFound(NOT_FOUND)
    if sees_all_submitted(actor):
        return _one(_submitted_case(), receipt_number=receipt_number)
    found = proposals_visible_to(actor).where(Proposal.receipt_number == receipt_number)
    return _one(found.options(*_READ_ALONG))


@cache
def _submitted_case() -> Select[Proposal]:
    # `visible_to` for whoever sees all that was submitted.
    return (
        select(Proposal)
        .where(Proposal.state != State.DRAFT)
        .where(Proposal.receipt_number == bindparam("receipt_number"))
        .options(*_READ_ALONG)
    )


def get_visible_by_id(actor: User, proposal_id: int) -> Proposal:
    """Return the proposal with this id in any state: a draft keeps its address. Raises NotFound."""
    return _one(proposals_visible_to(actor).where(Proposal.id == proposal_id))


def get_own(actor: User, receipt_number: str) -> Proposal:
    """Return the proposal of the actor's own body with this receipt number. Raises NotFound."""
    return _of_own_body(get_visible(actor, receipt_number), actor)


def get_own_by_id(actor: User, proposal_id: int) -> Proposal:
    """Return the proposal of the actor's own body with this id. Raises NotFound.

    For the pages on which a body writes: a partner reads, and reads elsewhere.
    """
    return _of_own_body(get_visible_by_id(actor, proposal_id), actor)


def _of_own_body(proposal: Proposal, actor: User) -> Proposal:
    found = select(Proposal.id).where(Proposal.id == proposal.id, is_of_body(actor))
    if db.session.scalar(found) is None:
        raise NotFound(NOT_FOUND)
    return proposal


def _one(statement: Select[Proposal], **values: object) -> Proposal:
    found = db.session.scalars(statement, values).unique().one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("proposal", found.id)
    return found


@once_a_page
def revisions_of(proposal: Proposal) -> list[ProposalRevision]:
    """What stood in the proposal at each submission, oldest first (提出版)."""
    return list(db.session.scalars(_revisions(), {"case_id": proposal.id}))


@cache
def _revisions() -> Select[ProposalRevision]:
    return (
        select(ProposalRevision)
        .where(ProposalRevision.proposal_id == bindparam("case_id"))
        .order_by(ProposalRevision.number)
    )


def waiting_correction(proposal: Proposal) -> CorrectionRequest | None:
    """Return the request the body has still to answer (未対応の差戻し)."""
    return db.session.scalars(
        select(CorrectionRequest).where(
            CorrectionRequest.proposal_id == proposal.id,
            CorrectionRequest.answered_at.is_(None),
        )
    ).one_or_none()


@once_a_page
def corrections_of(proposal: Proposal) -> list[CorrectionRequest]:
    """Every return of a case, oldest first (差戻しの履歴)."""
    return list(
        db.session.scalars(
            select(CorrectionRequest)
            .where(CorrectionRequest.proposal_id == proposal.id)
            .order_by(CorrectionRequest.id)
        )
    )
