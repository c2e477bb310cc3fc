"""Putting a batch together (まとめて送付の準備): nothing is told to anybody, no case is touched."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.batches.candidates import MOST_CASES, CandidateFilter, find_candidates
from app.batches.destinations import proposed_destinations
from app.batches.models import BatchCase, BatchDestination, BatchWriter
from app.batches.policy import authorize_batch
from app.batches.queries import confirmation_of, writers_of
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.handoffs.models import HandoffBatch
from app.proposals.models import Proposal
from app.rounds.models import Round

SUBJECT_TYPE = "handoff_batch"
SENT = "このまとめて送付は、もう送付しています。送付した後は変えられません。"
WAITING = "このまとめて送付は、送付の時刻を待っています。変えるときは、先に送付を止めてください。"
DISCARDED = "このまとめて送付は、取りやめになっています。"
NOT_SENDABLE = (
    "選んだ提案の中に、今は送付できないものがあります。一覧を開き直して選び直してください"
)


@dataclass(frozen=True, kw_only=True)
class BatchWords:
    """What all hand-offs of a batch share (共通の事項)."""

    title: str
    letter_number: str = ""
    reply_due_on: date | None = None


def create_batch(
    round_: Round, words: BatchWords, proposal_ids: Collection[int], *, actor: User
) -> HandoffBatch:
    """Take cases into a new batch, with the destinations that are proposed (送付の準備).

    Raises NotAllowed, InvalidInput.
    """
    authorize_batch(actor)
    found = find_candidates(actor, round_, CandidateFilter()).cases
    chosen = [case for case in found if case.id in set(proposal_ids)]
    errors = _word_errors(words)
    if not proposal_ids:
        errors["case"] = ["送付する提案を1件以上選んでください"]
    elif len(chosen) != len(set(proposal_ids)):
        errors["case"] = [NOT_SENDABLE]
    elif len(chosen) > MOST_CASES:
        errors["case"] = [f"一度に送付できるのは{MOST_CASES}件までです。分けて送付してください"]
    if errors:
        raise InvalidInput(errors)
    batch = HandoffBatch(
        round=round_,
        title=words.title,
        letter_number=words.letter_number,
        reply_due_on=words.reply_due_on,
        created_by_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    _take_in(batch, chosen, actor)
    db.session.flush()
    keep_trace("create", batch, actor, cases=len(chosen))
    return batch


def _take_in(batch: HandoffBatch, chosen: Sequence[Proposal], actor: User) -> None:
    """Add cases with the destinations that are proposed for them."""
    proposed = proposed_destinations(chosen, actor=actor)
    for case in chosen:
        row = BatchCase(batch_id=batch.id, proposal=case, category=case.category, request_text="")
        row.destinations = [
            BatchDestination(
                destination=each.organization, part=each.part, why=each.why, position=position
            )
            for position, each in enumerate(proposed[case.id], start=1)
        ]
        db.session.add(row)


def change_words(batch: HandoffBatch, version: int, words: BatchWords, *, actor: User) -> None:
    """Change title, number or announced date before sending (共通の事項の変更).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    open_for_change(batch, version, actor=actor)
    errors = _word_errors(words)
    if errors:
        raise InvalidInput(errors)
    batch.title, batch.letter_number = words.title, words.letter_number
    batch.reply_due_on = words.reply_due_on
    db.session.flush()
    due = words.reply_due_on.isoformat() if words.reply_due_on else ""
    keep_trace("change", batch, actor, reply_due_on=due)


def remove_cases(
    batch: HandoffBatch, version: int, cases: Sequence[BatchCase], *, actor: User
) -> None:
    """Take cases out of a batch (提案を外す); they can be sent by themselves or with another one.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    open_for_change(batch, version, actor=actor)
    if not cases:
        raise InvalidInput({"case": ["この送付から外す提案を選んでください"]})
    numbers = [case.proposal.reference for case in cases]
    for case in cases:
        db.session.delete(case)
    touch(batch)
    keep_trace("remove_cases", batch, actor, numbers=numbers)


def discard_batch(batch: HandoffBatch, version: int, *, actor: User) -> None:
    """Drop a batch that was not sent (まとめて送付の取りやめ); its cases stay as they are.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    open_for_change(batch, version, actor=actor)
    batch.discarded_at = clock.now()
    db.session.flush()
    keep_trace("discard", batch, actor)


def open_for_change(batch: HandoffBatch, version: int, *, actor: User) -> None:
    """Lock a batch that is not on its way, as it was shown; the actor is one of its writers.

    What was confirmed of it counts no more. Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    lock_unsent(batch, version, actor=actor)
    forget_confirmation(batch)
    if actor.id not in writers_of(batch):
        db.session.add(BatchWriter(batch_id=batch.id, user_id=actor.id))


def forget_confirmation(batch: HandoffBatch) -> None:
    """Make a batch a preparation again (送付の確認の取消し).

    Raises IllegalTransition while it is on its way.
    """
    confirmation = confirmation_of(batch)
    if confirmation is None:
        return
    if confirmation.sends_at is not None and confirmation.held_at is None:
        raise IllegalTransition(WAITING)
    db.session.delete(confirmation)
    db.session.flush()


def lock_unsent(batch: HandoffBatch, version: int, *, actor: User) -> None:
    """Lock a batch that is not sent yet, as it was shown (P05).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_batch(actor)
    present = db.session.scalar(
        select(HandoffBatch.version).where(HandoffBatch.id == batch.id).with_for_update()
    )
    if batch.sent_at is not None:
        raise IllegalTransition(SENT)
    if batch.discarded_at is not None:
        raise IllegalTransition(DISCARDED)
    if not batch.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def touch(batch: HandoffBatch) -> None:
    """Count a change of what a batch holds as a change of the batch."""
    flag_modified(batch, "title")
    db.session.flush()


def keep_trace(verb: str, batch: HandoffBatch, actor: User | None, **changes: object) -> None:
    """Leave a trace of an act on a batch (監査): `handoff_batch.<verb>`."""
    record(
        f"{SUBJECT_TYPE}.{verb}",
        Subject(type=SUBJECT_TYPE, id=batch.id, version=batch.version),
        actor=actor,
        changes=changes,
    )


def _word_errors(words: BatchWords) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if is_blank(words.title):
        errors["title"] = ["件名を入力してください"]
    if words.reply_due_on is not None and words.reply_due_on <= clock.today():
        errors["reply_due_on"] = ["回答期限は、今日より後の日にしてください"]
    return errors
