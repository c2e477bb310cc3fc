"""Putting copies before the public, and taking a case back (公表・取りやめ)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Proposal, Publication, PublicationStatus
from app.public.copying import BASIS, basis_of, editable_texts
from app.public.policy import authorize_publish, authorize_withdraw
from app.public.queries import is_publishable, versions_of
from app.public.scan import scan
from app.public.services.prepare import NOT_WAITING
from app.public.services.trail import keep_trace

LATEST_DAYS = 366  # so far ahead a publication may be announced
NOT_PUBLIC = "この提案は公表されていません。公表の画面を開き直して確かめてください。"
REASON_MISSING = "取りやめの理由を入力してください"


@dataclass(frozen=True, kw_only=True)
class SeenCopy:
    """A copy as the second person looked at it (確かめた写し)."""

    publication: Publication
    version: int


@dataclass(frozen=True, kw_only=True)
class PublishCopies:
    """Copies to go out together (公表); without `publishes_at` at once."""

    copies: Sequence[SeenCopy]
    publishes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawPublication:
    """Why a case is taken back from the public (公表の取りやめ)."""

    reason: str


def publish_copies(command: PublishCopies, *, actor: User) -> None:
    """Put copies before the public (公表): all or none, from the announced hour on.

    The second of two people; the table refuses one and the same, too (P29). Raises NotAllowed,
    StaleVersion, IllegalTransition, InvalidInput.
    """
    for seen in command.copies:
        authorize_publish(actor, seen.publication)
    publishes_at = _hour_of(command)
    for seen in command.copies:
        _publish(seen, publishes_at, actor)
    db.session.flush()


def withdraw_publication(proposal: Proposal, command: WithdrawPublication, *, actor: User) -> None:
    """Take every version of a case back from the public (公表の取りやめ); its address stays.

    Raises NotAllowed, InvalidInput, IllegalTransition.
    """
    authorize_withdraw(actor, proposal)
    if is_blank(command.reason):
        raise InvalidInput({"reason": [REASON_MISSING]})
    rows = [row for row in versions_of(proposal.id) if row.status is PublicationStatus.PUBLISHED]
    if not rows:
        raise IllegalTransition(NOT_PUBLIC)
    for row in rows:
        row.status = PublicationStatus.WITHDRAWN
        row.ended_by_id = actor.id
        row.ended_at = clock.now()
        row.end_reason = command.reason
    db.session.flush()
    keep_trace("withdraw_publication", proposal, actor, reason=command.reason)


def _hour_of(command: PublishCopies) -> datetime:
    now = clock.now()
    asked = command.publishes_at
    if asked is None:
        return now
    if asked < now:
        raise InvalidInput(
            {"day": ["公表の日時は、今より後にしてください。すぐ公表するときは空欄に"]}
        )
    if asked > now + timedelta(days=LATEST_DAYS):
        raise InvalidInput({"day": ["公表の日時は、1年以内にしてください"]})
    return asked


def _publish(seen: SeenCopy, publishes_at: datetime, actor: User) -> None:
    copy, proposal = seen.publication, seen.publication.proposal
    if copy.version != seen.version:
        raise StaleVersion(STALE_MESSAGE)
    if copy.status is not PublicationStatus.PREPARED:
        raise IllegalTransition(NOT_WAITING)
    _check_present(copy, proposal)
    copy.status = PublicationStatus.PUBLISHED
    copy.published_by_id = actor.id
    copy.published_at = clock.now()
    copy.publishes_at = publishes_at
    db.session.flush()
    keep_trace(
        "publish",
        proposal,
        actor,
        publication_number=copy.number,
        publishes_at=publishes_at.isoformat(),
    )


def _check_present(copy: Publication, proposal: Proposal) -> None:
    """Refuse a copy of something that is not so any more, or that names who is not to be named."""
    is_same = is_publishable(proposal) and copy.content[BASIS] == basis_of(proposal)
    if not is_same:
        raise IllegalTransition(
            f"{copy.receipt_number}は、写しを作った後に状態・分類・回答が変わりました。"
            "写しを取りやめて、作り直してください。"
        )
    hits = scan(proposal, editable_texts(copy.content), is_named=copy.is_named)
    if any(hit.is_refused for hit in hits):
        raise IllegalTransition(
            f"{copy.receipt_number}の団体が、名前の公表の同意を取り消しました。文に団体の名前が"
            "残っているため公表できません。写しを取りやめて、作り直してください。"
        )
