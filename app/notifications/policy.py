"""Rules of sending (送信の決まり): what is not sent, and what a person may do with a message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.news_checks import is_still_true, is_wanted_by_mail, may_still_hear
from config import Settings, read_address


class Act(StrEnum):
    """What a person does with a message (送信の操作)."""

    RELEASE = "release"
    RETRY = "retry"
    HOLD = "hold"
    CANCEL = "cancel"
    FINISH = "finish"
    BOUNCE = "bounce"


Verdict = tuple[DeliveryStatus, str]

BY_CHOICE = "本人の設定により、メールでは送りません"


def why_not_sent(message: OutboxMessage, now: datetime, settings: Settings) -> Verdict | None:
    """Why a message is not sent at all (送らない理由), if so; asked again before each try."""
    over = _why_over(message, now)
    if over is not None:
        return DeliveryStatus.DROPPED, over
    waiting_since = message.stopped_at or message.created_at
    if waiting_since < now - timedelta(days=settings.MAIL_DAYS):
        # Old mail does not go out, but the news was true: it stays on the page of its reader.
        return DeliveryStatus.WITHHELD, f"送れないまま{settings.MAIL_DAYS}日を過ぎました"
    closed = why_out_of_reach(message, settings)
    return (DeliveryStatus.WITHHELD, closed) if closed is not None else None


def _why_over(message: OutboxMessage, now: datetime) -> str | None:
    if message.valid_until is not None and message.valid_until <= now:
        return "知らせる期間を過ぎました"
    if not may_still_hear(message.recipient, message) or not is_still_true(message):
        return "知らせる前に状況が変わりました"
    return None


def why_out_of_reach(message: OutboxMessage, settings: Settings) -> str | None:
    """Why no mail of this kind reaches its reader as things are (送信対象外の理由), if so."""
    reader = message.recipient
    if not reader.is_active:
        return "宛先の利用者は停止しています"
    if not is_wanted_by_mail(message):
        return BY_CHOICE
    if not reader.email:
        return "宛先にメールアドレスがありません"
    address = read_address(reader.email)
    if address is None or address.addr_spec != reader.email:
        return "宛先のメールアドレスに使えない文字があります"
    if not settings.may_mail(reader.email):
        return "この環境から送ってよい宛先（MAIL_ALLOW）ではありません"
    return None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a person may do with a message (送信の操作): from where, to where."""

    label: str
    before: frozenset[DeliveryStatus]
    after: DeliveryStatus
    needs_reason: bool = False


RULES: dict[Act, Rule] = {
    Act.RELEASE: Rule(
        label="送る", before=frozenset({DeliveryStatus.HELD}), after=DeliveryStatus.QUEUED
    ),
    Act.RETRY: Rule(
        label="もう一度送る",
        before=frozenset({DeliveryStatus.PARKED, DeliveryStatus.BOUNCED, DeliveryStatus.WITHHELD}),
        after=DeliveryStatus.QUEUED,
    ),
    Act.HOLD: Rule(
        label="送信前に止める",
        before=frozenset({DeliveryStatus.QUEUED}),
        after=DeliveryStatus.HELD,
    ),
    Act.CANCEL: Rule(
        label="送信を取りやめる",
        before=frozenset({DeliveryStatus.HELD, DeliveryStatus.QUEUED}),
        after=DeliveryStatus.CANCELLED,
        needs_reason=True,
    ),
    Act.FINISH: Rule(
        label="ほかの方法で伝えたので終える",
        before=frozenset({DeliveryStatus.PARKED, DeliveryStatus.BOUNCED}),
        after=DeliveryStatus.CANCELLED,
        needs_reason=True,
    ),
    Act.BOUNCE: Rule(
        label="不達を登録する",
        before=frozenset({DeliveryStatus.SENT}),
        after=DeliveryStatus.BOUNCED,
        needs_reason=True,
    ),
}


def acts_on(status: DeliveryStatus) -> list[Act]:
    """What may be done with a message that stands here (できる操作)."""
    return [act for act, rule in RULES.items() if status in rule.before]


def authorize(actor: User) -> None:
    """Mail is looked after by the administrator and the lead (送信箱). Raises NotAllowed."""
    if not actor.has_role(Role.ADMIN, Role.LEAD):
        raise NotAllowed
