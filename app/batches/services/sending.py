"""Sending a batch (まとめて送付): what was confirmed, all of it or nothing, one letter a person."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.services import Subject
from app.batches.models import BatchConfirmation, BatchLetter
from app.batches.plan import BatchPlan, PlannedDestination, PlannedHandoff, plan_of
from app.batches.policy import can_batch
from app.batches.queries import get_batch
from app.batches.services.confirming import CHANGED
from app.batches.services.writing import SUBJECT_TYPE, keep_trace
from app.core import clock
from app.core.eras import format_date_short
from app.core.errors import DomainError, NotAllowed, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.handoffs.lifecycle import move_together
from app.handoffs.models import Handoff, HandoffBatch, HandoffFile
from app.notifications.rosters import RosterChanged
from app.proposals.models import Attachment, Proposal
from app.rounds.letters import write_in_round
from app.workflow.handoffs import HandoffAction, HandoffPart, HandoffState

LETTER = "batch_sent"
HELD_LETTER = "batch_held"
INBOX = "/handoffs"


def send_due_batches(moment: datetime) -> int:
    """Send every batch whose time has come (まとめて送付の実行); return how many were sent.

    One that is not what was confirmed is held, and the others go on. Safe to run twice.
    """
    due = db.session.scalars(
        select(BatchConfirmation.batch_id)
        .join(BatchConfirmation.batch)
        .where(
            BatchConfirmation.sends_at <= moment,
            BatchConfirmation.held_at.is_(None),
            HandoffBatch.sent_at.is_(None),
        )
        .order_by(BatchConfirmation.sends_at, BatchConfirmation.batch_id)
    )
    return sum(_send_or_hold(batch_id) for batch_id in due.all())


def _send_or_hold(batch_id: int) -> int:
    batch = db.session.scalars(
        select(HandoffBatch)
        .where(HandoffBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    confirmation = db.session.get(BatchConfirmation, batch_id, populate_existing=True)
    # Somebody stopped it a moment ago, or another process was quicker.
    if confirmation is None or batch.sent_at is not None:
        return 0
    try:
        with db.session.begin_nested():
            _send(batch, confirmation)
    except DomainError:
        _hold(batch, confirmation)
        return 0
    return 1


def _send(batch: HandoffBatch, confirmation: BatchConfirmation) -> None:
    """Send every hand-off of a batch as it was confirmed, or none (まとめて送付).

    Raises NotAllowed, NotFound, StaleVersion, RosterChanged.
    """
    actor = _judge_people(batch, confirmation)
    plan = plan_of(batch)
    if plan.blocks or plan.envelopes() != confirmation.digest:
        raise RosterChanged(CHANGED)
    _lock(plan)
    batch.sent_by_id, batch.sent_at = actor.id, clock.now()
    sent = _make(batch, plan, confirmation.confirmed_by)
    move_together(sent, HandoffAction.SEND, actor=actor)
    for place in plan.destinations:
        db.session.add(
            BatchLetter(
                batch_id=batch.id,
                destination=place.destination,
                content=place.letter.as_json(),
                recipient_ids=[user.id for user in place.recipients],
            )
        )
    db.session.flush()
    people = _write(batch, plan, sent)
    keep_trace(
        "send",
        batch,
        actor,
        cases=len(plan.cases),
        handoffs=len(sent),
        destinations=[place.destination.id for place in plan.destinations],
        letters=people,
    )


def _judge_people(batch: HandoffBatch, confirmation: BatchConfirmation) -> User:
    """Return who let it go, when both may still do what they did (P28).

    Raises NotAllowed, NotFound for a conflict of interest that came up meanwhile.
    """
    if confirmation.released_by is None:
        raise NotAllowed
    for user in (confirmation.confirmed_by, confirmation.released_by):
        if not (user.is_active and can_batch(user)):
            raise NotAllowed
        get_batch(user, batch.id)
    return confirmation.released_by


def _hold(batch: HandoffBatch, confirmation: BatchConfirmation) -> None:
    """Leave a batch unsent and tell who confirmed it and who let it go (送付の見送り)."""
    confirmation.held_at = clock.now()
    db.session.flush()
    keep_trace("hold", batch, None)
    told = {confirmation.confirmed_by, confirmation.released_by}
    write_in_round(
        batch.round,
        HELD_LETTER,
        [user for user in told if user is not None and user.is_active and can_batch(user)],
        key=f"{HELD_LETTER}:{batch.id}:{confirmation.held_at.isoformat()}",
        path=f"/handoffs/batches/{batch.id}",
        about=Subject(type=SUBJECT_TYPE, id=batch.id),
        round_label=batch.round.label,
    )


def _lock(plan: BatchPlan) -> None:
    """Lock every case as the plan saw it, in one order. Raises StaleVersion."""
    seen = {case.proposal_id: case.proposal.version for case in plan.cases}
    rows = db.session.execute(
        select(Proposal.id, Proposal.version)
        .where(Proposal.id.in_(seen))
        .order_by(Proposal.id)
        .with_for_update()
    )
    if {row[0]: row[1] for row in rows} != seen:
        raise StaleVersion(STALE_MESSAGE)


def _make(batch: HandoffBatch, plan: BatchPlan, actor: User) -> list[Handoff]:
    """Make all hand-offs at once (送付の作成), the lead of a case first; the plan judged them.

    Raises RosterChanged for one that somebody else made at the same time.
    """
    files = _attachments([case.proposal_id for case in plan.cases])
    now = clock.now()
    made = [
        Handoff(
            proposal=row.case.proposal,
            destination=row.destination,
            batch_id=batch.id,
            part=row.part,
            purpose=row.purpose,
            state=HandoffState.PREPARED,
            request_text=row.text,
            prepared_by_id=actor.id,
            prepared_at=now,
            # Known to be empty: nothing is asked for it.
            dues=[],
            files=[HandoffFile(attachment_id=number) for number in files[row.case.proposal_id]],
        )
        for row in sorted(plan.handoffs, key=_place_in_order)
    ]
    try:
        with db.session.begin_nested():
            db.session.add_all(made)
    except IntegrityError as error:
        raise RosterChanged(CHANGED) from error
    return made


def _place_in_order(row: PlannedHandoff) -> tuple[int, bool, int]:
    return (row.case.proposal_id, row.part is not HandoffPart.LEAD, row.destination.id)


def _attachments(proposal_ids: Sequence[int]) -> dict[int, list[int]]:
    """Files of the cases as they stand (今の添付), which go along with every hand-off."""
    rows = db.session.execute(
        select(Attachment.proposal_id, Attachment.id)
        .where(Attachment.proposal_id.in_(proposal_ids), Attachment.removed_at.is_(None))
        .order_by(Attachment.position, Attachment.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for proposal_id, attachment_id in rows:
        found[proposal_id].append(attachment_id)
    return found


def _write(batch: HandoffBatch, plan: BatchPlan, sent: Sequence[Handoff]) -> int:
    """Write one letter to each person, about all that reached them; return how many are new."""
    due_on = min(row.due_on for row in sent if row.due_on is not None)
    reached: dict[tuple[int, ...], list[User]] = defaultdict(list)
    for user in plan.recipients.values():
        reached[_places_of(user, plan.destinations)].append(user)
    counts = {place.destination.id: len(place.handoffs) for place in plan.destinations}
    return sum(
        write_in_round(
            batch.round,
            LETTER,
            people,
            key=f"{LETTER}:{batch.id}",
            path=INBOX,
            about=Subject(type=SUBJECT_TYPE, id=batch.id),
            count=sum(counts[row] for row in places),
            due_on=format_date_short(due_on),
            round_label=batch.round.label,
        )
        for places, people in reached.items()
    )


def _places_of(user: User, places: Sequence[PlannedDestination]) -> tuple[int, ...]:
    return tuple(
        place.destination.id
        for place in places
        if user.id in {recipient.id for recipient in place.recipients}
    )
