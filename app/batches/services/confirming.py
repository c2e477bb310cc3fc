"""Confirming a batch (送付の確認), letting it go as a second person (承認), stopping it (中止)."""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from app.accounts.models import User
from app.batches.models import BatchConfirmation
from app.batches.plan import BatchPlan, plan_of
from app.batches.policy import authorize_release
from app.batches.queries import confirmation_of, get_batch, writers_of
from app.batches.services.writing import forget_confirmation, keep_trace, lock_unsent, touch
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.extensions import db
from app.handoffs.models import HandoffBatch
from app.notifications.rosters import RosterChanged

# Time in which a batch that was let go can still be stopped (取りやめの猶予), as for letters.
SECOND_THOUGHTS = timedelta(minutes=10)
CHANGED = (
    "確かめた後に、提案、宛先、文面または知らせる人が変わりました。何も送付していません。"
    "変わったところを確かめて、もう一度送付してください。"
)
NOT_CONFIRMED = "このまとめて送付は、承認を待っていません。画面を開き直してください。"
NOTHING_TO_STOP = "このまとめて送付は、送付の時刻を待っていません。画面を開き直してください。"


@dataclass(frozen=True, kw_only=True)
class ConfirmBatch:
    """Confirming what was shown (送付の確認): its mark, and the number of hand-offs as typed."""

    version: int
    seen: str
    typed: str


def confirm_batch(batch: HandoffBatch, command: ConfirmBatch, *, actor: User) -> BatchConfirmation:
    """Fix who gets what (送付の確認); it leaves after the time for second thoughts.

    To more than a few a second person has to let it go first. Raises NotAllowed, NotFound,
    StaleVersion, IllegalTransition, InvalidInput, RosterChanged.
    """
    lock_unsent(batch, command.version, actor=actor)
    get_batch(actor, batch.id)
    plan = plan_of(batch)
    _check(plan, command)
    forget_confirmation(batch)
    confirmation = BatchConfirmation(
        batch=batch,
        batch_id=batch.id,
        digest=plan.envelopes(),
        recipient_ids=sorted(plan.recipients),
        needs_second=not plan.reaches_few,
        confirmed_by=actor,
        confirmed_at=clock.now(),
    )
    if not confirmation.needs_second:
        _let_go(confirmation, actor)
    db.session.add(confirmation)
    touch(batch)
    keep_trace(
        "confirm",
        batch,
        actor,
        handoffs=len(plan.handoffs),
        letters=len(plan.recipients),
        needs_second=confirmation.needs_second,
    )
    return confirmation


def release_batch(batch: HandoffBatch, version: int, *, actor: User) -> BatchConfirmation:
    """Let a confirmed batch go as the second person (送付の承認).

    What would leave is worked out once more, and has to be what was confirmed. Raises NotAllowed,
    NotFound, StaleVersion, IllegalTransition, RosterChanged.
    """
    lock_unsent(batch, version, actor=actor)
    get_batch(actor, batch.id)
    confirmation = confirmation_of(batch)
    if confirmation is None or confirmation.released_at is not None:
        raise IllegalTransition(NOT_CONFIRMED)
    authorize_release(actor, confirmation, writers_of(batch))
    plan = plan_of(batch)
    if plan.blocks or plan.envelopes() != confirmation.digest:
        raise RosterChanged(CHANGED)
    _let_go(confirmation, actor)
    touch(batch)
    keep_trace("release", batch, actor, letters=len(plan.recipients))
    return confirmation


def stop_batch(batch: HandoffBatch, version: int, *, actor: User) -> None:
    """Stop a batch before it leaves (送付の中止): it is a preparation again, as it was.

    Anybody of the desk may: whoever sees the mistake first. Raises NotAllowed, StaleVersion,
    IllegalTransition.
    """
    lock_unsent(batch, version, actor=actor)
    confirmation = confirmation_of(batch)
    if confirmation is None or confirmation.held_at is not None:
        raise IllegalTransition(NOTHING_TO_STOP)
    db.session.delete(confirmation)
    touch(batch)
    keep_trace("stop", batch, actor)


def _let_go(confirmation: BatchConfirmation, actor: User) -> None:
    confirmation.released_by = actor
    confirmation.released_at = clock.now()
    confirmation.sends_at = clock.now() + SECOND_THOUGHTS


def _check(plan: BatchPlan, command: ConfirmBatch) -> None:
    if plan.blocks:
        raise InvalidInput({"blocks": list(plan.blocks)})
    if plan.digest() != command.seen:
        raise RosterChanged(CHANGED)
    if _number_in(command.typed) != len(plan.handoffs):
        raise InvalidInput(
            {
                "typed": [
                    f"入力した件数が、送付の件数（{len(plan.handoffs):,}件）と合いません。"
                    "宛先ごとの件数を見て、数字で入力してください"
                ]
            }
        )


def _number_in(typed: str) -> int | None:
    """Number that was typed, in wide digits too, with or without commas; None for no number."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").removesuffix("件").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 8 else None
