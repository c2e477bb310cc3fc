"""Finding what is published (公表の検索): the public part reads public copies, never the case."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.accounts.models import User
from app.core.errors import NotFound
from app.core.numbered_pages import Key
from app.extensions import db
from app.handoffs.models import Handoff, Reply
from app.proposals.models import (
    Proposal,
    Publication,
    PublicationConsent,
    PublicationStatus,
)
from app.proposals.publications import is_live
from app.proposals.queries import proposals_visible_to, visible_to
from app.rounds.models import Round
from app.workflow.states import State

NOT_FOUND = (
    "この公表資料は見つかりません。番号を確かめるか、公表された提案の一覧から開いてください。"
)
IDS_A_QUERY = 1000
COPY_NOT_FOUND = "この公表の写しは見つかりません。公表の画面から開いてください。"


def live_publications() -> Select[Publication]:
    """Copies the public reads now, the latest round first, by number (公表中の提案)."""
    return (
        select(Publication)
        .join(Publication.round)
        .where(is_live())
        .order_by(Round.opens_at.desc(), Round.id, Publication.receipt_number)
    )


def live_order() -> tuple[Key, ...]:
    """The order of `live_publications`, with what makes each place in it unique."""
    return (
        Key(Round.opens_at, datetime, goes_down=True),
        Key(Round.id, int),
        Key(Publication.receipt_number, str),
        Key(Publication.id, int),
    )


def live_of_round(round_: Round) -> list[Publication]:
    """Copies of one round that the public reads now, by number."""
    return list(db.session.scalars(live_publications().where(Publication.round_id == round_.id)))


def live_counts() -> list[tuple[Round, int]]:
    """Rounds with something published and how many cases, the latest first (公表の件数)."""
    rows = db.session.execute(
        select(Publication.round_id, func.count()).where(is_live()).group_by(Publication.round_id)
    )
    counts = {row[0]: row[1] for row in rows}
    rounds = db.session.scalars(
        select(Round).where(Round.id.in_(counts)).order_by(Round.opens_at.desc(), Round.id)
    )
    return [(round_, counts[round_.id]) for round_ in rounds]


def find_live(receipt_number: str) -> Publication | None:
    """Return the copy of this number that the public reads now, None without one."""
    if not receipt_number.isprintable():
        return None
    return db.session.scalars(
        select(Publication).where(is_live(), Publication.receipt_number == receipt_number)
    ).one_or_none()


def was_public(receipt_number: str) -> bool:
    """Whether a case was read by the public once, and is not any more (公表の取りやめ).

    One that was taken back before its hour never was, and is not spoken of (P26).
    """
    if not receipt_number.isprintable():
        return False
    found = select(Publication.id).where(
        Publication.receipt_number == receipt_number,
        Publication.status == PublicationStatus.WITHDRAWN,
        Publication.publishes_at <= Publication.ended_at,
        Publication.round_id.in_(select(Round.id).where(Round.is_practice.is_(False))),
    )
    return db.session.scalar(found.limit(1)) is not None


def versions_of(proposal_id: int) -> list[Publication]:
    """Every version of the public copy of a case, the latest first (公表の版)."""
    return list(
        db.session.scalars(
            select(Publication)
            .where(Publication.proposal_id == proposal_id)
            .order_by(Publication.number.desc())
        )
    )


def published_hours(copies: Sequence[Publication]) -> dict[int, list[datetime]]:
    """Hours from which some copies and their earlier versions were read (公表・更新の日時).

    By the id of the copy, ascending; since the case was last put out. An earlier version that was
    announced for a later hour was never read.
    """
    numbers = {copy.proposal_id: copy for copy in copies}
    found: dict[int, list[datetime]] = {copy.id: [] for copy in copies}
    wanted = list(numbers)
    for first in range(0, len(wanted), IDS_A_QUERY):
        rows = db.session.execute(
            select(Publication.proposal_id, Publication.number, Publication.publishes_at).where(
                Publication.proposal_id.in_(wanted[first : first + IDS_A_QUERY]),
                Publication.status == PublicationStatus.PUBLISHED,
            )
        )
        for proposal_id, number, hour in rows:
            copy = numbers[proposal_id]
            last = copy.publishes_at or hour
            if hour and last and number <= copy.number and hour <= last:
                found[copy.id].append(hour)
    return {key: sorted(hours) for key, hours in found.items()}


def copies_for(actor: User) -> Select[Publication]:
    """Copies an actor of the secretariat may work with (公表の写し), in no order yet."""
    return select(Publication).join(Publication.proposal).where(visible_to(actor))


def get_copy(actor: User, publication_id: int) -> Publication:
    """Return the copy with this id. Raises NotFound, also for a case the actor may not know of."""
    found = db.session.scalars(
        copies_for(actor).where(Publication.id == publication_id)
    ).one_or_none()
    if found is None:
        raise NotFound(COPY_NOT_FOUND)
    return found


def copies_with(actor: User, ids: Sequence[int]) -> list[Publication]:
    """Return the copies with these ids, by number. Raises NotFound when one is missing."""
    rows = list(
        db.session.scalars(
            copies_for(actor).where(Publication.id.in_(ids)).order_by(Publication.receipt_number)
        )
    )
    if not rows or len(rows) != len(set(ids)):
        raise NotFound(COPY_NOT_FOUND)
    return rows


def has_released_reply() -> ColumnElement[bool]:
    """Condition for the cases with a reply that was released (公開された回答)."""
    released = select(Handoff.proposal_id).join(Reply, Reply.handoff_id == Handoff.id)
    return Proposal.id.in_(released.where(Reply.release_id.is_not(None)))


def may_be_published() -> ColumnElement[bool]:
    """Condition for the cases that may go out (公表できる案件): closed, or their reply released."""
    return and_(
        or_(
            Proposal.state == State.CLOSED,
            and_(Proposal.state == State.CLASSIFIED, has_released_reply()),
        ),
        Proposal.round_id.in_(select(Round.id).where(Round.is_practice.is_(False))),
    )


def is_publishable(proposal: Proposal) -> bool:
    """Whether this case may go out now (公表できるか)."""
    found = select(Proposal.id).where(Proposal.id == proposal.id, may_be_published())
    return db.session.scalar(found) is not None


def publishable_cases(actor: User, round_: Round) -> Select[Proposal]:
    """Cases of a round that may go out and have no copy yet, by number (公表の写しを作る案件)."""
    copied = select(Publication.proposal_id).where(
        Publication.status.in_([PublicationStatus.PREPARED, PublicationStatus.PUBLISHED])
    )
    return (
        proposals_visible_to(actor)
        .where(may_be_published(), Proposal.round_id == round_.id, Proposal.id.not_in(copied))
        .order_by(Proposal.receipt_sequence, Proposal.branch_number)
    )


def consent_of(proposal: Proposal) -> PublicationConsent | None:
    """What the body of a case agreed to, None while it said nothing (公表の同意)."""
    return db.session.get(PublicationConsent, proposal.id, populate_existing=True)
