"""Finding hand-offs and replies (送付・回答の検索): from what the actor may see."""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload

from app.accounts.models import Organization, Role, User
from app.accounts.queries import destinations_of
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.handoffs.models import BodyView, Handoff, Reexamination, Reply
from app.proposals.models import Proposal
from app.proposals.queries import SECRETARIAT_ROLES, has_conflict, visible_to
from app.workflow.handoffs import (
    OPEN_HANDOFF_STATES,
    TOLD_HANDOFF_STATES,
    HandoffPart,
    HandoffState,
    ReplyStatus,
)

MINISTRY_ROLES = (Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR)
NOT_FOUND = "この送付は見つかりません。届いた案件の一覧から開いてください。"


def organizations_above(actor: User) -> Select[int]:
    """Ids of the actor's organization and of those above it in the tree (自組織と上の組織)."""
    body = select(Organization.id, Organization.parent_id)
    found = body.where(Organization.id == actor.organization_id).cte(recursive=True)
    above = aliased(Organization)
    upwards = select(above.id, above.parent_id).where(above.id == found.c.parent_id)
    return select(found.union(upwards).c.id)


def handed_to(actor: User) -> ColumnElement[bool]:
    """Condition for the hand-offs that lie, or lay, with the actor's ministry (届いた送付).

    Somebody of a unit below reads one of the ministry when it is given to that person (担当). One
    that was recalled after it had been sent is not shown any more, and none to a person with a
    conflict of interest (利益相反).
    """
    if not actor.has_role(*MINISTRY_ROLES):
        return false()
    is_given = and_(
        Handoff.assignee_id == actor.id, Handoff.destination_id.in_(organizations_above(actor))
    )
    return and_(
        or_(Handoff.destination_id.in_(destinations_of(actor)), is_given),
        Handoff.state.in_(TOLD_HANDOFF_STATES),
        Handoff.proposal_id.not_in(select(Proposal.id).where(has_conflict(actor.id))),
    )


def handoffs_visible_to(actor: User) -> Select[Handoff]:
    """Hand-offs an actor may know of, in no order yet: the secretariat's and the ministry's own."""
    allowed: list[ColumnElement[bool]] = [handed_to(actor)]
    if actor.has_role(*SECRETARIAT_ROLES):
        allowed.append(visible_to(actor))
    return select(Handoff).join(Handoff.proposal).where(or_(*allowed))


def get_handoff(actor: User, handoff_id: int) -> Handoff:
    """Return the hand-off with this id, for the ministry or the secretariat. Raises NotFound."""
    found = db.session.scalars(
        handoffs_visible_to(actor).where(Handoff.id == handoff_id)
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("proposal", found.proposal_id)
    return found


@once_a_page
def handoffs_of(proposal: Proposal) -> list[Handoff]:
    """Every hand-off of a case, the lead first, then by age (送付の一覧); also those that ended."""
    rows = db.session.scalars(_handoffs(), {"case_id": proposal.id})
    return sorted(rows, key=lambda row: (row.part is not HandoffPart.LEAD, row.id))


# Of queries that every page of a case asks the words are made once; they are asked anew each time.
@cache
def _handoffs() -> Select[Handoff]:
    return (
        select(Handoff)
        .where(Handoff.proposal_id == bindparam("case_id"))
        .options(lazyload(Handoff.proposal))  # it is at hand
        .order_by(Handoff.id)
    )


def open_handoffs(proposal: Proposal) -> list[Handoff]:
    """Hand-offs of a case that are not over yet (未了の送付)."""
    return [row for row in handoffs_of(proposal) if row.state in OPEN_HANDOFF_STATES]


def is_handed_off() -> ColumnElement[bool]:
    """Condition for the cases with a hand-off that is not over (送付中)."""
    return Proposal.id.in_(
        select(Handoff.proposal_id).where(Handoff.state.in_(OPEN_HANDOFF_STATES))
    )


def was_settled() -> ColumnElement[bool]:
    """Condition for the cases of which a hand-off is settled (回答確定・情報提供済み)."""
    settled = select(Handoff.proposal_id).where(Handoff.state == HandoffState.SETTLED)
    return Proposal.id.in_(settled)


def replies_of(handoff: Handoff) -> list[Reply]:
    """Replies of a hand-off, round by round (回答), what is being written included."""
    return list(
        db.session.scalars(
            select(Reply).where(Reply.handoff_id == handoff.id).order_by(Reply.round_number)
        )
    )


def current_reply(handoff: Handoff) -> Reply | None:
    """Return the reply of the running round, None before a first word (今回の回答)."""
    return db.session.scalars(
        select(Reply).where(
            Reply.handoff_id == handoff.id, Reply.round_number == handoff.round_number
        )
    ).one_or_none()


def reexaminations_of(handoff: Handoff) -> list[Reexamination]:
    """Requests to examine again, oldest first (再検討要請)."""
    return list(
        db.session.scalars(
            select(Reexamination)
            .where(Reexamination.handoff_id == handoff.id)
            .order_by(Reexamination.round_number)
        )
    )


def sent_replies(proposal_ids: Iterable[int]) -> list[Reply]:
    """Replies of cases that were sent, released or not (送付された回答), by case and hand-off."""
    return list(db.session.scalars(_sent(Handoff.proposal_id.in_(list(proposal_ids)))))


@once_a_page
def sent_replies_of(proposal: Proposal) -> list[Reply]:
    """Replies of one case that were sent, released or not (送付された回答), by hand-off."""
    return list(db.session.scalars(_sent_of_case(), {"case_id": proposal.id}))


@cache
def _sent_of_case() -> Select[Reply]:
    return _sent(Handoff.proposal_id == bindparam("case_id")).options(
        joinedload(Reply.handoff).lazyload(Handoff.proposal),  # it is at hand
        joinedload(Reply.release),
        selectinload(Reply.files),
    )


def _sent(condition: ColumnElement[bool]) -> Select[Reply]:
    return (
        select(Reply)
        .join(Reply.handoff)
        .where(condition, Reply.status == ReplyStatus.SENT)
        .order_by(Handoff.proposal_id, Handoff.id, Reply.round_number)
    )


def released_replies(proposal_ids: Iterable[int]) -> list[Reply]:
    """Replies the bodies may read (公開された回答): the only way to them outside (P26)."""
    return [reply for reply in sent_replies(proposal_ids) if reply.release_id is not None]


def released_replies_of(proposal: Proposal) -> list[Reply]:
    """Replies of one case the bodies may read (公開された回答)."""
    return [reply for reply in sent_replies_of(proposal) if reply.release_id is not None]


def withheld_replies(proposal: Proposal) -> list[Reply]:
    """Replies in force that the body has not been shown yet (未公開の回答).

    Those of earlier rounds are replaced by the last one; one that was refused or recalled is none.
    """
    return [
        reply
        for reply in sent_replies_of(proposal)
        if reply.release_id is None
        and reply.handoff.state not in (HandoffState.REFUSED, HandoffState.RECALLED)
        and reply.round_number == reply.handoff.round_number
    ]


@once_a_page
def views_of(proposal: Proposal) -> list[BodyView]:
    """Views the body was asked for, oldest first (提案団体の見解)."""
    return list(
        db.session.scalars(
            select(BodyView)
            .where(BodyView.proposal_id == proposal.id)
            .options(lazyload(BodyView.proposal))  # it is at hand
            .order_by(BodyView.number)
        )
    )


def awaited_view(proposal: Proposal) -> BodyView | None:
    """Return the view that is awaited from the body, None when none is (提出待ちの見解)."""
    waiting = [row for row in views_of(proposal) if row.filed_at is None and row.lapsed_at is None]
    return waiting[-1] if waiting else None


def open_by_proposal(proposal_ids: Sequence[int]) -> dict[int, list[Handoff]]:
    """Hand-offs that are not over, by case id (未了の送付), in one question."""
    found: dict[int, list[Handoff]] = {}
    rows = db.session.scalars(
        select(Handoff)
        .where(Handoff.proposal_id.in_(proposal_ids), Handoff.state.in_(OPEN_HANDOFF_STATES))
        .order_by(Handoff.proposal_id, Handoff.id)
    )
    for row in rows:
        found.setdefault(row.proposal_id, []).append(row)
    return found


def refusals_before(handoff: Handoff) -> list[Handoff]:
    """Refused hand-offs that led to this one, oldest first (所管外の経過), itself if refused."""
    chain: list[Handoff] = []
    step: Handoff | None = handoff
    while step is not None:
        if step.state is HandoffState.REFUSED:
            chain.append(step)
        step = step.rerouted_from
    return chain[::-1]


def unrouted(rows: Sequence[Handoff]) -> list[Handoff]:
    """Refused ones among the hand-offs of a case that were not sent on (送り直していない所管外).

    One that was sent on and taken back again counts as not sent on. A refused lead is done with as
    soon as another lead was found, in whatever way.
    """
    present = [row for row in rows if row.state is not HandoffState.RECALLED]
    followed = {row.rerouted_from_id for row in present}
    last_lead = max((row.id for row in present if row.part is HandoffPart.LEAD), default=0)
    return [
        row
        for row in rows
        if row.state is HandoffState.REFUSED
        and row.id not in followed
        and (row.part is not HandoffPart.LEAD or row.id == last_lead)
    ]
