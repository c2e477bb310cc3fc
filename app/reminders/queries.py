"""Finding news, corrections to do and what went up to the leads (お知らせ・総括への報告の検索)."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core import clock
from app.core.errors import NotFound
from app.core.numbered_pages import Key, NumberedPage, read_numbered
from app.extensions import db
from app.handoffs.models import Handoff, HandoffDue
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.news_checks import is_told, seen_by
from app.notifications.queries import UNTOLD
from app.proposals.models import CaseClock, Proposal
from app.proposals.queries import (
    SECRETARIAT_ROLES,
    has_any_conflict,
    has_conflict,
    is_of_body,
    proposals_visible_to,
    visible_to,
)
from app.reminders.models import Escalation, HandoffEscalation, NoticePreference
from app.rounds.models import Round
from app.workflow.states import State

NOT_FOUND = "このお知らせは見つかりません。お知らせの一覧から開いてください。"
WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


def notices_to(actor: User) -> Select[OutboxMessage]:
    """News to a person (お知らせ), in no order yet; the mail beside it may still be on its way.

    Left out is what was never told, what was no news any more before it left, and what is about a
    case that the person must not touch by now (利益相反).
    """
    return select(OutboxMessage).where(*_shown_to(actor))


def count_unread(actor: User) -> int:
    """Number of news that the person has not read (未読のお知らせの件数)."""
    hidden = _hidden_from(actor)
    unread = _unread().where(*hidden) if hidden else _unread()
    return db.session.scalar(unread, {"reader_id": actor.id}) or 0


# Every page asks it: its words are made once; it is asked anew each time.
@cache
def _unread() -> Select[int]:
    reader_id = bindparam("reader_id", type_=OutboxMessage.recipient_id.type)
    return select(func.count()).where(*_told_to(reader_id), OutboxMessage.read_at.is_(None))


def notices_page(actor: User, asked: Mapping[str, str], size: int) -> NumberedPage[OutboxMessage]:
    """The page of news that an address asks for, newest first (お知らせの一覧)."""
    newest_first = (
        Key(OutboxMessage.created_at, datetime, goes_down=True),
        Key(OutboxMessage.id, int, goes_down=True),
    )
    return read_numbered(notices_to(actor), newest_first, asked, size=size)


def get_notice(actor: User, notice_id: int) -> OutboxMessage:
    """Return a piece of news to this person. Raises NotFound alike for another person's."""
    found = db.session.scalars(notices_to(actor).where(OutboxMessage.id == notice_id)).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def _shown_to(actor: User) -> list[ColumnElement[bool]]:
    return [*_told_to(actor.id), *_hidden_from(actor)]


def _told_to(reader_id: int | BindParameter[int]) -> list[ColumnElement[bool]]:
    now = bindparam(None, callable_=clock.now, type_=OutboxMessage.valid_until.type)
    is_over = and_(OutboxMessage.status.in_(WAITING), OutboxMessage.valid_until <= now)
    return [
        OutboxMessage.recipient_id == reader_id,
        OutboxMessage.status.not_in(UNTOLD),
        or_(OutboxMessage.valid_until.is_(None), not_(is_over)),
        is_told(),
    ]


def _hidden_from(actor: User) -> list[ColumnElement[bool]]:
    return _without_conflicts(actor) if actor.has_role(*SECRETARIAT_ROLES) else []


def _without_conflicts(actor: User) -> list[ColumnElement[bool]]:
    """Conditions that leave out the news of cases with a conflict of interest; few have any."""
    if not has_any_conflict(actor.id):
        return []
    # Letters of before say by their address alone what they are about.
    numbers = db.session.scalars(
        select(Proposal.receipt_number).where(
            has_conflict(actor.id), Proposal.receipt_number.is_not(None)
        )
    )
    paths = [f"/proposals/{number}" for number in numbers]
    return [
        seen_by(actor),
        OutboxMessage.path.not_in(paths),
        *(~OutboxMessage.path.startswith(f"{path}/", autoescape=True) for path in paths),
    ]


def corrections_to_do(actor: User) -> list[Proposal]:
    """Proposals that came back to the actor's body, the next due first (補正するもの)."""
    return list(
        db.session.scalars(
            proposals_visible_to(actor)
            .join(Proposal.round)
            .where(
                is_of_body(actor),
                Proposal.state == State.RETURNED,
                Round.is_practice.is_(False),
            )
            .order_by(Proposal.due_on, Proposal.id)
        )
    )


def standing_escalations(lead: User) -> list[Escalation]:
    """What went up to the leads and is still overdue by that date, the longest first.

    None of a practice round (A14), none of a case that the lead must not touch (利益相反).
    """
    return list(
        db.session.scalars(
            select(Escalation)
            .join(Escalation.clock)
            .join(Escalation.proposal)
            .join(Proposal.round)
            .options(joinedload(Escalation.clock), joinedload(Escalation.proposal))
            .where(
                Round.is_practice.is_(False),
                CaseClock.ended_at.is_(None),
                CaseClock.due_on == Escalation.due_on,
                visible_to(lead),
            )
            .order_by(Escalation.due_on, Escalation.proposal_id)
        )
    )


def standing_handoff_escalations(lead: User) -> list[HandoffEscalation]:
    """Dates of hand-offs that went up and are still overdue (送付の期限超過), the longest first.

    As with the cases: no practice round, no case that the lead must not touch (利益相反).
    """
    last = select(func.max(HandoffDue.id)).group_by(HandoffDue.handoff_id)
    return list(
        db.session.scalars(
            select(HandoffEscalation)
            .join(HandoffEscalation.handoff)
            .join(HandoffEscalation.due)
            .join(Handoff.proposal)
            .join(Proposal.round)
            .options(joinedload(HandoffEscalation.handoff), joinedload(HandoffEscalation.due))
            .where(
                Round.is_practice.is_(False),
                Handoff.due_on.is_not(None),
                HandoffEscalation.due_id.in_(last),
                visible_to(lead),
            )
            .order_by(HandoffDue.due_on, HandoffEscalation.handoff_id)
        )
    )


def wants_digest_by_mail(actor: User) -> bool:
    """Whether a person wants the digest as mail, too (まとめのメール); yes unless they said no."""
    row = db.session.get(NoticePreference, actor.id)
    return row is None or row.is_digest_mailed


def without_digest_mail() -> set[int]:
    """People who read the digest on their page alone, by user id (メールを受け取らない人)."""
    return set(
        db.session.scalars(
            select(NoticePreference.user_id).where(NoticePreference.is_digest_mailed.is_(False))
        )
    )
