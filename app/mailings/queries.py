"""Finding letters to many (一斉連絡の検索)."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, bindparam, func, not_, select, true
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core import clock
from app.core.errors import NotFound
from app.core.numbered_pages import Key, NumberedPage, read_numbered
from app.extensions import db
from app.mailings.models import CASE_AUDIENCES, Audience, Mailing, MailingStage
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.news_checks import hides, is_told, not_told_yet
from app.notifications.queries import UNTOLD
from app.proposals.queries import has_any_conflict
from app.rounds.models import Round

NOT_FOUND = "この一斉連絡は見つかりません。一斉連絡の一覧から選んでください。"
NOT_RECEIVED = "このお知らせは見つかりません。お知らせの一覧から開いてください。"
SUBJECT_TYPE = "mailing"


def may_know_cases(actor: User) -> bool:
    """Whether the actor has no conflict of interest today (利益相反の登録がない).

    A list of bodies chosen by their cases would tell a person in conflict of a hidden case, by who
    is on it or by how many; the same holds for a letter that names the cases. Leaving the body out
    for that reader would leave it without its letter.
    """
    return not has_any_conflict(actor.id)


def _readable(actor: User) -> ColumnElement[bool]:
    return true() if may_know_cases(actor) else Mailing.audience.not_in(CASE_AUDIENCES)


@hides(SUBJECT_TYPE)
def _hidden_ids(reader: User) -> Select[int]:
    """Letters a person may not hear of (利益相反), for whoever lists the outbox."""
    return select(Mailing.id).where(not_(_readable(reader)))


@not_told_yet(SUBJECT_TYPE)
def _before_sending() -> Select[int]:
    """Letters in the time in which they can be called off (取りやめられる間)."""
    # The frame of every page makes its question of this once: the time is asked for each time.
    now = bindparam(None, callable_=clock.now, type_=Mailing.sends_at.type)
    return select(Mailing.id).where(Mailing.sends_at > now)


def mailings_for(actor: User) -> Select[Mailing]:
    """Letters the actor may read, the newest first (一斉連絡の一覧)."""
    return (
        select(Mailing)
        .where(_readable(actor))
        .options(joinedload(Mailing.created_by), joinedload(Mailing.released_by))
        .order_by(Mailing.id.desc())
    )


def get_mailing(actor: User, mailing_id: int) -> Mailing:
    """Return the letter with this id that the actor may read (一斉連絡). Raises NotFound."""
    statement = select(Mailing).where(Mailing.id == mailing_id, _readable(actor))
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def rounds_to_write_in() -> list[Round]:
    """Rounds a letter can be about, the latest first: no practice ones (練習用を除く募集回)."""
    statement = select(Round).where(Round.is_practice.is_(False))
    return list(db.session.scalars(statement.order_by(Round.opens_at.desc(), Round.id.desc())))


def audiences_for(actor: User) -> list[Audience]:
    """Rules the actor may choose (宛先の決め方)."""
    knows = may_know_cases(actor)
    return [row for row in Audience if knows or row not in CASE_AUDIENCES]


def former_mailing(mailing: Mailing) -> Mailing | None:
    """The last letter of the same rule that was released, None without one (前回の一斉連絡).

    The same rule is the same round, audience, seats and types.
    """
    statement = (
        select(Mailing)
        .where(
            Mailing.round_id == mailing.round_id,
            Mailing.audience == mailing.audience,
            Mailing.stage == MailingStage.RELEASED,
            Mailing.id != mailing.id,
        )
        .order_by(Mailing.released_at.desc(), Mailing.id.desc())
    )
    for former in db.session.scalars(statement):
        if (set(former.seats), set(former.org_types)) == (
            set(mailing.seats),
            set(mailing.org_types),
        ):
            return former
    return None


def messages_of(mailing: Mailing) -> Select[OutboxMessage]:
    """Letters of the outbox that were made of it, in the order of the list (宛先ごとの送信)."""
    return (
        select(OutboxMessage)
        .where(OutboxMessage.about_type == SUBJECT_TYPE, OutboxMessage.about_id == mailing.id)
        .order_by(OutboxMessage.id)
    )


def message_to(mailing: Mailing, user_id: int) -> OutboxMessage | None:
    """The letter that was made for one person, None before it was released (送った文面)."""
    return db.session.scalars(
        messages_of(mailing).where(OutboxMessage.recipient_id == user_id)
    ).one_or_none()


def received_letter(mailing_id: int, reader: User) -> OutboxMessage:
    """The letter that reached this person (届いた一斉連絡).

    Raises NotFound alike for one to others, one that is not told yet, and one that was taken out.
    """
    found = db.session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.about_type == SUBJECT_TYPE,
            OutboxMessage.about_id == mailing_id,
            OutboxMessage.recipient_id == reader.id,
            OutboxMessage.status.not_in(UNTOLD),
            is_told(),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_RECEIVED)
    return found


def messages_page(
    mailing: Mailing, asked: Mapping[str, str], *, size: int, total: int
) -> NumberedPage[OutboxMessage]:
    """The page of its letters that an address asks for (宛先ごとの送信の1ページ)."""
    in_turn = (Key(OutboxMessage.id, int),)
    return read_numbered(messages_of(mailing), in_turn, asked, size=size, total=total)


def delivery_counts(mailing: Mailing) -> Mapping[DeliveryStatus, int]:
    """Number of its letters in each status that occurs (送信状況の件数)."""
    rows = db.session.execute(
        select(OutboxMessage.status, func.count())
        .where(OutboxMessage.about_type == SUBJECT_TYPE, OutboxMessage.about_id == mailing.id)
        .group_by(OutboxMessage.status)
    )
    return {row[0]: row[1] for row in rows}


def has_left(mailing: Mailing) -> bool:
    """Whether any of its letters was handed to the mail server (送信が始まった)."""
    handed = delivery_counts(mailing).keys() & {
        DeliveryStatus.SENDING,
        DeliveryStatus.SENT,
        DeliveryStatus.BOUNCED,
        DeliveryStatus.PARKED,
    }
    return bool(handed)
