"""Noting how a proposal differs from a similar one (違いの記録)."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotFound, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.policy import authorize_edit
from app.proposals.queries import NOT_FOUND
from app.proposals.services.drafts import check_editable
from app.similar.models import SimilarNote
from app.similar.queries import comparable_for, ids_of

NO_NOTE = 0  # version of a note that is not there yet


@dataclass(frozen=True, kw_only=True)
class NoteDifference:
    """How a proposal differs from a similar one (違いは…); blank takes the note back.

    `version` is that of the note the form was opened with, NO_NOTE where there was none.
    """

    similar_proposal_id: int
    difference: str
    version: int


def note_difference(proposal: Proposal, command: NoteDifference, *, actor: User) -> None:
    """Keep the note while the text can still be changed (違いの記録).

    Raises NotAllowed, NotFound for a case the actor may not know of, StaleVersion when a colleague
    noted something else meanwhile, IllegalTransition, InvalidInput.
    """
    authorize_edit(actor, proposal)
    _lock(proposal)
    check_editable(proposal)
    if not ids_of(actor, comparable_for(actor), [command.similar_proposal_id]):
        raise NotFound(NOT_FOUND)
    note = _present_note(proposal, command.similar_proposal_id)
    if (note.version if note else NO_NOTE) != command.version:
        raise StaleVersion(STALE_MESSAGE)
    if is_blank(command.difference):
        if note is None:
            raise InvalidInput({"difference": ["この提案との違いを入力してください"]})
        db.session.delete(note)
    elif note is None:
        db.session.add(_new_note(proposal, command, actor))
    else:
        note.difference = command.difference
        note.noted_by_id = actor.id
        note.noted_at = clock.now()
    db.session.flush()
    record(
        "proposal.note_difference",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        changes={"similar_proposal_id": command.similar_proposal_id},
    )


def _lock(proposal: Proposal) -> None:
    # Two colleagues at once: the second waits for the first, and then finds its note.
    db.session.scalar(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update())


def _present_note(proposal: Proposal, similar_proposal_id: int) -> SimilarNote | None:
    return db.session.scalars(
        select(SimilarNote)
        .where(
            SimilarNote.proposal_id == proposal.id,
            SimilarNote.similar_proposal_id == similar_proposal_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def _new_note(proposal: Proposal, command: NoteDifference, actor: User) -> SimilarNote:
    if command.similar_proposal_id == proposal.id:
        raise NotFound(NOT_FOUND)
    return SimilarNote(
        proposal_id=proposal.id,
        similar_proposal_id=command.similar_proposal_id,
        difference=command.difference,
        noted_by_id=actor.id,
        noted_at=clock.now(),
    )
