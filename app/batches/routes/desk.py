"""The batches, one of them, and what goes to one destination (まとめて送付の一覧と内訳)."""

from collections import Counter
from collections.abc import Sequence

from flask import render_template, request

from app.accounts.current import current_actor
from app.batches.forms import StopForm
from app.batches.letter import letter_of
from app.batches.plan import BatchPlan, plan_of
from app.batches.policy import can_batch, can_release, can_write_texts
from app.batches.queries import (
    LETTER_NOT_FOUND,
    batches_visible_to,
    case_counts,
    confirmation_of,
    confirmations_of,
    get_batch,
    letters_of,
    sent_handoffs,
    writers_of,
)
from app.batches.routes.blueprint import blueprint
from app.batches.stages import STAGE_WORDS, Stage, stage_of
from app.core.access import roles
from app.core.errors import NotFound
from app.extensions import db
from app.handoffs.models import Handoff, HandoffBatch
from app.proposals.content import ministry_name
from app.proposals.queries import SECRETARIAT_ROLES
from app.routing.load import outlooks, read_meeting_day
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    HANDOFF_PURPOSE_LABELS,
    HANDOFF_STATE_LABELS,
    HandoffPart,
    HandoffPurpose,
)


@blueprint.get("/handoffs/batches")
@roles(*SECRETARIAT_ROLES)
def index() -> str:
    """Batches, the newest first (まとめて送付)."""
    actor = current_actor()
    found = list(db.session.scalars(batches_visible_to(actor)))
    confirmed = confirmations_of(found)
    return render_template(
        "batches/index.html",
        batches=found,
        counts=case_counts(found),
        confirmed=confirmed,
        state_of=lambda batch: STAGE_WORDS[stage_of(batch, confirmed.get(batch.id))],
        may_batch=can_batch(actor),
        may_write_texts=can_write_texts(actor),
    )


@blueprint.get("/handoffs/batches/<int:batch_id>")
@roles(*SECRETARIAT_ROLES)
def show(batch_id: int) -> str:
    """One batch: what would be sent, or what was sent (まとめて送付)."""
    actor = current_actor()
    batch = get_batch(actor, batch_id)
    if batch.sent_at is not None:
        return _sent_page(batch)
    confirmation = confirmation_of(batch)
    stage = stage_of(batch, confirmation)
    plan = plan_of(batch)
    meeting_on, meeting_problem = read_meeting_day(request.args.get("meeting_on", ""))
    return render_template(
        "batches/show.html",
        batch=batch,
        state=STAGE_WORDS[stage],
        stage=stage,
        confirmation=confirmation,
        may_release=stage is Stage.AWAITED
        and confirmation is not None
        and can_release(actor, confirmation, writers_of(batch)),
        may_stop=can_batch(actor) and stage is Stage.WAITING,
        stop_form=StopForm(version=batch.version),
        plan=plan,
        outlooks=outlooks(_asked_of(plan), actor, batch.round, meeting_on),
        meeting_on=meeting_on,
        meeting_problem=meeting_problem,
        part_labels=HANDOFF_PART_LABELS,
        may_batch=can_batch(actor) and stage not in (Stage.WAITING, Stage.DISCARDED),
    )


def _asked_of(plan: BatchPlan) -> Counter[int]:
    """How many replies a batch will ask each destination for (検討要請の件数)."""
    return Counter(
        row.destination.id for row in plan.handoffs if row.purpose is HandoffPurpose.REQUEST
    )


@blueprint.get("/handoffs/batches/<int:batch_id>/destinations/<int:organization_id>")
@roles(*SECRETARIAT_ROLES)
def destination(batch_id: int, organization_id: int) -> str:
    """The letter and every text that one destination gets, or got (宛先ごとの内容)."""
    batch = get_batch(current_actor(), batch_id)
    if batch.sent_at is not None:
        return _sent_destination_page(batch, organization_id)
    plan = plan_of(batch)
    place = next((row for row in plan.destinations if row.destination.id == organization_id), None)
    if place is None:
        raise NotFound(LETTER_NOT_FOUND)
    return render_template(
        "batches/destination.html",
        batch=batch,
        organization_id=organization_id,
        letter=place.letter,
        recipients=place.recipients,
        texts=[
            (
                row.row,
                HANDOFF_PURPOSE_LABELS[row.purpose],
                row.source,
                row.text,
                list(row.unresolved),
            )
            for row in place.handoffs
        ],
        is_draft=True,
    )


def _sent_page(batch: HandoffBatch) -> str:
    handoffs = sent_handoffs(batch)
    return render_template(
        "batches/sent.html",
        batch=batch,
        state=STAGE_WORDS[Stage.SENT],
        confirmation=confirmation_of(batch),
        handoffs=handoffs,
        places=_places(handoffs),
        part_labels=HANDOFF_PART_LABELS,
        state_labels=HANDOFF_STATE_LABELS,
        name_of=ministry_name,
    )


def _places(handoffs: Sequence[Handoff]) -> list[dict[str, object]]:
    """Destinations of what was sent, with how many stand where (宛先ごとの現況)."""
    found: dict[int, list[Handoff]] = {}
    for row in handoffs:
        found.setdefault(row.destination_id, []).append(row)
    return [
        {
            "id": key,
            "name": ministry_name(rows[0].destination),
            "total": len(rows),
            "leads": sum(1 for row in rows if row.part is HandoffPart.LEAD),
            "states": [
                (HANDOFF_STATE_LABELS[state], count)
                for state, count in sorted(Counter(row.state for row in rows).items())
            ],
        }
        for key, rows in found.items()
    ]


def _sent_destination_page(batch: HandoffBatch, organization_id: int) -> str:
    stored = letters_of(batch).get(organization_id)
    if stored is None:
        raise NotFound(LETTER_NOT_FOUND)
    letter = letter_of(stored.content)
    by_number = {row.receipt_number: row for row in letter.rows}
    rows = [row for row in sent_handoffs(batch) if row.destination_id == organization_id]
    return render_template(
        "batches/destination.html",
        batch=batch,
        organization_id=organization_id,
        letter=letter,
        recipients=[],
        texts=[
            (
                by_number[row.proposal.reference],
                HANDOFF_PURPOSE_LABELS[row.purpose],
                "送付した文",
                row.request_text,
                [],
            )
            for row in rows
        ],
        is_draft=False,
    )
