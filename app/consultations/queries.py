"""Finding threads (事前相談の検索). Every list starts from what the actor may see."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select

from app.accounts.models import Role, User
from app.accounts.queries import bodies_acted_for
from app.audit.reading import note_read
from app.consultations.models import (
    Consultation,
    ConsultationFile,
    ConsultationMessage,
    ConsultationState,
)
from app.core import clock
from app.core.errors import NotFound
from app.core.numbered_pages import Key
from app.core.page_reads import once_a_page
from app.extensions import UtcDateTime, db
from app.files.models import StoredFile
from app.proposals.models import ConflictOfInterest, Proposal
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES
from app.rounds.models import Round

# Stands for the instant of the threads that are not ordered by one.
_NO_INSTANT = clock.jst(1970, 1, 1)

NOT_FOUND = "この事前相談は見つかりません。事前相談の一覧から開いてください。"

IS_CONVERTED = Consultation.proposal_id.is_not(None)
IS_CLOSED = and_(Consultation.proposal_id.is_(None), Consultation.closed_at.is_not(None))
IS_GOING_ON = and_(Consultation.proposal_id.is_(None), Consultation.closed_at.is_(None))
CONDITIONS: dict[ConsultationState, ColumnElement[bool]] = {
    ConsultationState.OPEN: and_(IS_GOING_ON, Consultation.is_answered.is_(False)),
    ConsultationState.ANSWERED: and_(IS_GOING_ON, Consultation.is_answered.is_(True)),
    ConsultationState.CONVERTED: IS_CONVERTED,
    ConsultationState.CLOSED: IS_CLOSED,
}


def visible_to(actor: User) -> ColumnElement[bool]:
    """Condition for the threads an actor may know of (閲覧範囲).

    A body sees its own, the secretariat all but those of bodies and cases that the person has a
    conflict of interest with. A partner of the proposal that came of a thread does not see it.
    """
    allowed: list[ColumnElement[bool]] = [false()]
    if actor.has_role(*BODY_ROLES):
        allowed.append(Consultation.organization_id.in_(bodies_acted_for(actor)))
    if actor.has_role(*SECRETARIAT_ROLES):
        allowed.append(~has_conflict(actor.id))
    return or_(*allowed)


def has_conflict(user_id: int) -> ColumnElement[bool]:
    """Condition for the threads whose body or case a user must not touch today (利益相反)."""
    return exists().where(
        ConflictOfInterest.user_id == user_id,
        ConflictOfInterest.in_force(),
        or_(
            ConflictOfInterest.proposal_id == Consultation.proposal_id,
            ConflictOfInterest.organization_id == Consultation.organization_id,
        ),
    )


def consultations_visible_to(actor: User) -> Select[Consultation]:
    """Threads the actor may know of, in the order of `consultation_order`."""
    in_order = [key.in_order() for key in consultation_order(actor)]
    return select(Consultation).where(visible_to(actor)).order_by(*in_order)


def consultation_order(actor: User) -> tuple[Key, ...]:
    """The order of the threads: those where its side has the move, then those of the other.

    What waits for oneself stands with the longest waiting in front, all others the latest first.
    """
    order = [ConsultationState.OPEN, ConsultationState.ANSWERED]
    if not actor.has_role(*SECRETARIAT_ROLES):
        order.reverse()
    group = case((CONDITIONS[order[0]], 0), (CONDITIONS[order[1]], 1), else_=2)
    same_for_others = literal(_NO_INSTANT, UtcDateTime())
    oldest = case((group == 0, Consultation.waiting_since), else_=same_for_others)
    return (
        Key(group, int),
        Key(oldest, datetime),
        Key(Consultation.waiting_since, datetime, goes_down=True),
        Key(Consultation.id, int, goes_down=True),
    )


def get_visible(actor: User, number: str) -> Consultation:
    """Return the thread with this number (相談番号).

    Raises NotFound alike for a number that does not exist and one the actor may not know of.
    """
    if not number.isprintable():
        raise NotFound(NOT_FOUND)
    statement = consultations_visible_to(actor).where(Consultation.number == number)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("consultation", found.id)
    return found


@once_a_page
def consultation_of(proposal: Proposal, actor: User) -> Consultation | None:
    """Return the thread a proposal came of, if the actor may see it (提案の元の相談)."""
    statement = select(Consultation).where(
        visible_to(actor), Consultation.proposal_id == proposal.id
    )
    return db.session.scalars(statement).one_or_none()


def get_file(consultation: Consultation, public_id: str) -> StoredFile:
    """Return a file of a thread (相談の資料). Raises NotFound for any other file."""
    statement = (
        select(StoredFile)
        .join(ConsultationFile, ConsultationFile.file_id == StoredFile.id)
        .join(ConsultationMessage, ConsultationMessage.id == ConsultationFile.message_id)
        .where(
            ConsultationMessage.consultation_id == consultation.id,
            StoredFile.public_id == public_id,
        )
    )
    found = db.session.scalars(statement).one_or_none() if public_id.isprintable() else None
    if found is None:
        raise NotFound("このファイルは見つかりません。事前相談の画面から開いてください。")
    return found


def waiting_threads(actor: User, state: ConsultationState) -> list[Consultation]:
    """Threads in a state for the home of a role (ホームの相談).

    The secretariat's work has no practice in it; a body that practises finds its answer.
    """
    statement = consultations_visible_to(actor).where(CONDITIONS[state])
    if actor.has_role(*SECRETARIAT_ROLES):
        statement = statement.where(~_is_practice())
    return list(db.session.scalars(statement))


def _is_practice() -> ColumnElement[bool]:
    return exists().where(Round.id == Consultation.round_id, Round.is_practice.is_(True))


def left_of_round(round_: Round) -> list[Consultation]:
    """Threads of a round that led to no draft (提案にならなかった相談), unanswered ones first.

    Whoever asks has been let in before: the administrator may know that they lie there.
    """
    rank = case((CONDITIONS[ConsultationState.OPEN], 0), (IS_GOING_ON, 1), else_=2)
    return list(
        db.session.scalars(
            select(Consultation)
            .where(Consultation.round_id == round_.id, Consultation.proposal_id.is_(None))
            .order_by(rank, Consultation.waiting_since, Consultation.id)
        )
    )


def rounds_with_leftovers(actor: User) -> list[tuple[Round, int]]:
    """Closed rounds with threads that still go on, and how many (締切後に残る相談); for a lead.

    Practice rounds count nowhere.
    """
    if not actor.has_role(Role.LEAD):
        return []
    rows = db.session.execute(
        select(Round, func.count())
        .join(Consultation, Consultation.round_id == Round.id)
        .where(
            visible_to(actor),
            IS_GOING_ON,
            Round.closes_at < clock.now(),
            Round.is_practice.is_(False),
        )
        .group_by(Round.id)
        .order_by(Round.closes_at.desc(), Round.id)
    ).all()
    return [(row[0], row[1]) for row in rows]
