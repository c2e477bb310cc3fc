"""Finding batches and their cases (まとめて送付の検索)."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organization, User
from app.batches.models import BatchCase, BatchConfirmation, BatchLetter, BatchWriter
from app.core.errors import NotFound
from app.extensions import db
from app.handoffs.models import Handoff, HandoffBatch
from app.proposals.models import Proposal
from app.proposals.queries import has_conflict

NOT_FOUND = (
    "このまとめて送付は見つかりません。一覧から開いてください。"
    "一覧にないときは、ほかの担当か総括に確かめてください。"
)
LETTER_NOT_FOUND = "この宛先への事務連絡は見つかりません。宛先の一覧から開いてください。"


def batches_visible_to(actor: User) -> Select[HandoffBatch]:
    """Batches the actor may know of, the newest first (まとめて送付の一覧).

    One with a case that the actor has a conflict of interest with is none of them as a whole: its
    counts and its letters would tell of the case.
    """
    hidden = select(BatchCase.batch_id).join(BatchCase.proposal).where(has_conflict(actor.id))
    return (
        select(HandoffBatch)
        .where(HandoffBatch.id.not_in(hidden))
        .options(
            joinedload(HandoffBatch.round),
            joinedload(HandoffBatch.created_by),
            joinedload(HandoffBatch.sent_by),
        )
        .order_by(HandoffBatch.id.desc())
    )


def get_batch(actor: User, batch_id: int) -> HandoffBatch:
    """Return the batch with this id (まとめて送付). Raises NotFound."""
    found = db.session.scalars(
        batches_visible_to(actor).where(HandoffBatch.id == batch_id)
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def cases_of(batch: HandoffBatch) -> list[BatchCase]:
    """Cases of a batch with all that a preview shows of them (送付する提案), by receipt."""
    return list(
        db.session.scalars(
            select(BatchCase)
            .join(BatchCase.proposal)
            .where(BatchCase.batch_id == batch.id)
            .options(
                joinedload(BatchCase.proposal).joinedload(Proposal.organization),
                joinedload(BatchCase.proposal).joinedload(Proposal.category),
                joinedload(BatchCase.category),
                selectinload(BatchCase.destinations),
            )
            .order_by(Proposal.receipt_sequence, Proposal.branch_number, Proposal.id)
        )
    )


def sent_handoffs(batch: HandoffBatch) -> list[Handoff]:
    """Hand-offs that were made by sending a batch, by destination and age (送付した内訳)."""
    return list(
        db.session.scalars(
            select(Handoff)
            .join(Handoff.destination)
            .where(Handoff.batch_id == batch.id)
            .options(joinedload(Handoff.proposal).joinedload(Proposal.organization))
            .order_by(Organization.id, Handoff.id)
        )
    )


def letters_of(batch: HandoffBatch) -> dict[int, BatchLetter]:
    """Cover letters of a sent batch, by the id of the destination (送付した事務連絡)."""
    rows = db.session.scalars(
        select(BatchLetter)
        .where(BatchLetter.batch_id == batch.id)
        .order_by(BatchLetter.destination_id)
    )
    return {row.destination_id: row for row in rows}


def confirmations_of(batches: Collection[HandoffBatch]) -> dict[int, BatchConfirmation]:
    """What was confirmed of batches (送付の確認), by their ids; one that was not is missing."""
    rows = db.session.scalars(
        select(BatchConfirmation)
        .where(BatchConfirmation.batch_id.in_([batch.id for batch in batches]))
        .options(
            joinedload(BatchConfirmation.confirmed_by), joinedload(BatchConfirmation.released_by)
        )
    )
    return {row.batch_id: row for row in rows}


def confirmation_of(batch: HandoffBatch) -> BatchConfirmation | None:
    """What was confirmed of a batch (送付の確認), None while it is being prepared."""
    return confirmations_of([batch]).get(batch.id)


def writers_of(batch: HandoffBatch) -> frozenset[int]:
    """Ids of those who put a batch together (準備した人)."""
    rows = db.session.scalars(select(BatchWriter.user_id).where(BatchWriter.batch_id == batch.id))
    return frozenset({batch.created_by_id, *rows})


def former_recipients(batch: HandoffBatch, destination_ids: Collection[int]) -> dict[int, set[int]]:
    """People who were told of the last batch to each of the destinations (前回の宛先).

    A destination that no batch went to is missing, and so is one whose recipients were not kept.
    """
    rows = db.session.execute(
        select(BatchLetter.destination_id, BatchLetter.recipient_ids)
        .join(HandoffBatch, HandoffBatch.id == BatchLetter.batch_id)
        .where(
            BatchLetter.destination_id.in_(destination_ids),
            BatchLetter.batch_id != batch.id,
            HandoffBatch.sent_at.is_not(None),
        )
        .order_by(HandoffBatch.sent_at, HandoffBatch.id)
    )
    # The latest comes last and stays.
    return {row[0]: set(row[1]) for row in rows if row[1] is not None}


def case_counts(batches: Sequence[HandoffBatch]) -> dict[int, int]:
    """How many cases each batch has, by its id (件数)."""
    rows = db.session.execute(
        select(BatchCase.batch_id, func.count())
        .where(BatchCase.batch_id.in_([batch.id for batch in batches]))
        .group_by(BatchCase.batch_id)
    )
    return {row[0]: row[1] for row in rows}


def in_other_batches(
    proposal_ids: Collection[int], *, besides: HandoffBatch | None = None
) -> frozenset[int]:
    """Those of the cases that lie in a batch that is not sent yet (ほかの送付の準備)."""
    statement = (
        select(BatchCase.proposal_id)
        .join(BatchCase.batch)
        .where(
            BatchCase.proposal_id.in_(proposal_ids),
            HandoffBatch.sent_at.is_(None),
            HandoffBatch.discarded_at.is_(None),
        )
    )
    if besides is not None:
        statement = statement.where(BatchCase.batch_id != besides.id)
    return frozenset(db.session.scalars(statement))
