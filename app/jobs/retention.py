"""Job `retention`: erases what its term of retention says, and logs it (保存期間の満了)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, update
from sqlalchemy.sql.dml import ReturningDelete, ReturningUpdate

from app.accounts.models import ApiToken, Invitation, ResetWish, SignInAttempt, User, UserSession
from app.audit.models import ReadLog
from app.audit.reading import slot_of
from app.audit.reading_digest import KEPT_DAYS
from app.audit.services import Subject, record
from app.core.clock import to_jst
from app.extensions import db
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.triage.models import CaseClaim

# Messages that will not be touched again: what waits, or needs a person, keeps its text.
SETTLED = (
    DeliveryStatus.SENT,
    DeliveryStatus.BOUNCED,
    DeliveryStatus.WITHHELD,
    DeliveryStatus.CANCELLED,
    DeliveryStatus.DROPPED,
)


@dataclass(frozen=True, kw_only=True)
class Term:
    """How long one kind of record is kept (保存期間): why, and what is done at its end.

    `erase` makes the statement that ends it for everything before an instant; None where another
    job, named by `job`, does it.
    """

    kind: str
    label: str
    days: int
    basis: str
    at_the_end: str
    job: str = "retention"
    erase: Callable[[datetime], ReturningDelete[int] | ReturningUpdate[int]] | None = None


def _blank_bodies(before: datetime) -> ReturningUpdate[int]:
    # The row stays: its key keeps the same news from going out twice.
    return (
        update(OutboxMessage)
        .where(
            OutboxMessage.created_at < before,
            OutboxMessage.status.in_(SETTLED),
            OutboxMessage.body != "",
        )
        .values(body="")
        .returning(OutboxMessage.id)
    )


def _erase_sessions(before: datetime) -> ReturningDelete[int]:
    ended = func.coalesce(UserSession.ended_at, UserSession.expires_at)
    return delete(UserSession).where(ended < before).returning(UserSession.id)


def _erase_attempts(before: datetime) -> ReturningDelete[int]:
    return (
        delete(SignInAttempt).where(SignInAttempt.attempted_at < before).returning(SignInAttempt.id)
    )


def _erase_wishes(before: datetime) -> ReturningDelete[int]:
    return delete(ResetWish).where(ResetWish.asked_at < before).returning(ResetWish.id)


def _erase_claims(before: datetime) -> ReturningDelete[int]:
    return delete(CaseClaim).where(CaseClaim.released_at < before).returning(CaseClaim.id)


def _erase_addresses(before: datetime) -> ReturningUpdate[int]:
    # The name stays: it is part of what the person did (監査証跡、公文書).
    has_left = or_(User.disabled_at < before, User.ends_on < to_jst(before).date())
    return (
        update(User).where(has_left, User.email.is_not(None)).values(email=None).returning(User.id)
    )


def _erase_invitations(before: datetime) -> ReturningUpdate[int]:
    ended = func.coalesce(Invitation.ended_at, Invitation.expires_at)
    return (
        update(Invitation)
        .where(ended < before, Invitation.email_key != "")
        .values(email="", email_key="", display_name="")
        .returning(Invitation.id)
    )


def _erase_token_names(before: datetime) -> ReturningUpdate[int]:
    ended = func.coalesce(ApiToken.ended_at, ApiToken.expires_at)
    return (
        update(ApiToken)
        .where(ended < before, ApiToken.name != "")
        .values(name="")
        .returning(ApiToken.id)
    )


def _erase_readings(before: datetime) -> ReturningDelete[int]:
    return delete(ReadLog).where(ReadLog.slot < slot_of(before)).returning(ReadLog.slot)


RETENTION = (
    Term(
        kind="message_body",
        label="メールの本文（送信済み・不達・取りやめなど）",
        days=365,
        basis="問い合わせへの対応に要る期間",
        at_the_end="本文を空にし、宛先・件名・日時を残す",
        erase=_blank_bodies,
    ),
    Term(
        kind="session",
        label="終わったログイン（セッション）",
        days=90,
        basis="不審なログインを調べるのに要る期間。ログインの事実は監査証跡に残る",
        at_the_end="消す",
        erase=_erase_sessions,
    ),
    Term(
        kind="sign_in_attempt",
        label="ログインの試行",
        days=30,
        basis="試行の抑制には10分で足り、調査のために残す",
        at_the_end="消す",
        erase=_erase_attempts,
    ),
    Term(
        kind="reset_wish",
        label="パスワードの再設定の申込み",
        days=1,
        basis="申込みの数を抑えるため。ログインIDは、数秒後に回答したとき消える",
        at_the_end="消す",
        erase=_erase_wishes,
    ),
    Term(
        kind="claim",
        label="終わった着手",
        days=365,
        basis="仕分けの分担の振り返りに要る期間",
        at_the_end="消す",
        erase=_erase_claims,
    ),
    Term(
        kind="address",
        label="利用を終えた利用者のメールアドレス",
        days=365,
        basis="引継ぎと問い合わせに要る期間",
        at_the_end="アドレスを消し、所属・氏名・操作の記録を残す",
        erase=_erase_addresses,
    ),
    Term(
        kind="invitation",
        label="終わった招待のアドレスと氏名",
        days=365,
        basis="だれを招待したかを確かめるのに要る期間",
        at_the_end="アドレスと氏名を空にし、いつ・どの団体かを残す",
        erase=_erase_invitations,
    ),
    Term(
        kind="api_token",
        label="終わったAPIトークンの用途",
        days=365,
        basis="何に使っていたかを確かめるのに要る期間",
        at_the_end="用途を空にし、だれがいつ発行し、いつ終わったかを残す",
        erase=_erase_token_names,
    ),
    Term(
        kind="read_log",
        label="閲覧の記録",
        days=KEPT_DAYS,
        basis="監査と、漏えいの調べに要る期間（1年以上）。出力の記録は監査証跡に残る",
        at_the_end="消す",
        erase=_erase_readings,
    ),
    Term(
        kind="draft_version",
        label="下書きの古い版",
        days=2,
        basis="書きかけを取り戻すため",
        at_the_end="最後の版を残して消す",
        job="erase_old_drafts",
    ),
    Term(
        kind="posted_form",
        label="送信済みの様式のキー",
        days=7,
        basis="二重の送信を見分けるため",
        at_the_end="消す",
        job="erase_old_drafts",
    ),
    Term(
        kind="idle_run",
        label="何もすることのなかった定期処理の記録",
        days=7,
        basis="動いていたことを確かめるため",
        at_the_end="各処理の最後の回を残して消す",
        job="erase_idle_runs",
    ),
    Term(
        kind="import",
        label="取込みで送られたファイルと結果",
        days=14,
        basis="結果を確かめ、直して送り直すため",
        at_the_end="消す",
        job="imports",
    ),
)


def erase_expired(moment: datetime) -> int:
    """Erase what is past its term (保存期間の満了); return how many rows.

    One entry in the trail says how many of each kind; none when there was nothing. Safe to run
    twice: the second run finds nothing.
    """
    counts: dict[str, Any] = {}
    for term in RETENTION:
        if term.erase is not None:
            ended = db.session.execute(term.erase(moment - timedelta(days=term.days)))
            counts[term.kind] = len(ended.all())
    erased = {kind: count for kind, count in counts.items() if count}
    if erased:
        record("retention.erase", Subject(type="retention", id=None), actor=None, changes=erased)
    return sum(erased.values())
