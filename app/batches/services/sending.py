"""Sending a batch (まとめて送付): what was seen, all of it or nothing, one letter a person."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.services import Subject
from app.batches.models import BatchLetter
from app.batches.plan import BatchPlan, PlannedDestination, PlannedHandoff, plan_of
from app.batches.queries import get_batch
from app.batches.services.writing import SUBJECT_TYPE, keep_trace, open_for_change
from app.core import clock
from app.core.eras import format_date_short
from app.core.errors import InvalidInput, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.handoffs.lifecycle import move_together
from app.handoffs.models import Handoff, HandoffBatch, HandoffFile
from app.notifications.rosters import RosterChanged
from app.proposals.models import Attachment, Proposal
from app.rounds.letters import write_in_round
from app.workflow.handoffs import HandoffAction, HandoffPart, HandoffState

LETTER = "batch_sent"
INBOX = "/handoffs"
CHANGED = (
    "確かめた後に、提案、宛先、文面または知らせる人が変わりました。何も送付していません。"
    "変わったところを確かめて、もう一度送付してください。"
)


@dataclass(frozen=True, kw_only=True)
class SendBatch:
    """Sending what was shown (送付): its mark, and the number of hand-offs as it was typed."""

    version: int
    seen: str
    typed: str


def send_batch(batch: HandoffBatch, command: SendBatch, *, actor: User) -> int:
    """Send every hand-off of a batch, or none; return how many (まとめて送付).

    What would be sent is worked out once more, and has to be what was seen. Raises NotAllowed,
    StaleVersion, IllegalTransition, InvalidInput, RosterChanged.
    """
    open_for_change(batch, command.version, actor=actor)
    plan = plan_of(batch)
    _check(plan, command)
    _lock(batch, plan, actor)
    batch.sent_by_id, batch.sent_at = actor.id, clock.now()
    sent = _make(batch, plan, actor)
    move_together(sent, HandoffAction.SEND, actor=actor)
    for place in plan.destinations:
        content = place.letter.as_json()
        db.session.add(
            BatchLetter(
                batch_id=batch.id,
                destination=place.destination,
                content=content,
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
    return len(sent)


def _check(plan: BatchPlan, command: SendBatch) -> None:
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


def _lock(batch: HandoffBatch, plan: BatchPlan, actor: User) -> None:
    """Lock every case as the plan saw it, in one order; refuse who has a conflict with one.

    Raises NotFound, StaleVersion.
    """
    get_batch(actor, batch.id)
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


def _number_in(typed: str) -> int | None:
    """Number that was typed, in wide digits too, with or without commas; None for no number."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").removesuffix("件").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 8 else None
