"""Recording outcomes of other processes, and notes for later study (結果の記録・メモ)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.follow_ups.models import OtherProcessOutcome, OutcomeStatus, StudyNote
from app.follow_ups.policy import authorize_note, authorize_outcomes
from app.follow_ups.queries import note_of, outcomes_of
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry

LONGEST_TEXT = 4000  # characters
LONGEST_SOURCE = 300  # characters
LONGEST_NOTE = 1000  # characters


@dataclass(frozen=True, kw_only=True)
class RecordOutcome:
    """What the other process says (他の手続の結果). `seen` is the newest number one looked at."""

    seen: int
    status: OutcomeStatus
    text: str
    decided_on: date | None
    source: str


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    """The note as it is to be (参考リストのメモ); `version` 0 where there was none."""

    version: int
    text: str


def record_outcome(
    entry: RegisterEntry, command: RecordOutcome, *, actor: User
) -> OtherProcessOutcome:
    """Record the outcome of a row for all its cases (結果の記録); earlier ones stay readable.

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_outcomes(actor)
    # Two posts at once wait here for each other.
    locked = select(RegisterEntry.id).where(RegisterEntry.id == entry.id).with_for_update()
    db.session.scalars(locked).one()
    earlier = outcomes_of(entry)
    newest = earlier[0].number if earlier else 0
    if newest != command.seen:
        raise StaleVersion(STALE_MESSAGE)
    _refuse(_outcome_errors(command))
    is_open = command.status is OutcomeStatus.UNDER_REVIEW
    outcome = OtherProcessOutcome(
        register_entry=entry,
        number=newest + 1,
        status=command.status,
        text=command.text,
        decided_on=None if is_open else command.decided_on,
        source=command.source,
        recorded_by_id=actor.id,
        recorded_at=clock.now(),
    )
    db.session.add(outcome)
    db.session.flush()
    record(
        "register.record_outcome",
        Subject(type="register_entry", id=entry.id, version=entry.content_version),
        actor=actor,
        changes={
            "number": outcome.number,
            "status": command.status.value,
            "decided_on": outcome.decided_on.isoformat() if outcome.decided_on else None,
        },
    )
    return outcome


def write_note(proposal: Proposal, command: WriteNote, *, actor: User) -> StudyNote:
    """Write what later study should look at (参考リストのメモ).

    Raises NotAllowed, IllegalTransition, StaleVersion, InvalidInput.
    """
    authorize_note(actor, proposal)
    db.session.scalars(
        select(Proposal.id).where(Proposal.id == proposal.id).with_for_update()
    ).one()
    note = note_of(proposal)
    if (note.version if note else 0) != command.version:
        raise StaleVersion(STALE_MESSAGE)
    _refuse(_text_errors("text", "メモ", command.text, LONGEST_NOTE))
    if note is None:
        note = StudyNote(proposal=proposal)
        db.session.add(note)
    before = note.text
    note.text = command.text
    note.written_by_id = actor.id
    note.written_at = clock.now()
    db.session.flush()
    record(
        "proposal.note_for_study",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        changes={"before": before, "after": note.text},
    )
    return note


def _outcome_errors(command: RecordOutcome) -> dict[str, list[str]]:
    errors = _text_errors("text", "内容", command.text, LONGEST_TEXT)
    errors |= _text_errors("source", "出典", command.source, LONGEST_SOURCE)
    is_open = command.status is OutcomeStatus.UNDER_REVIEW
    if command.decided_on is None and not is_open:
        errors["decided_on"] = [
            "決定日を入力してください。まだ決まっていなければ「検討中」を選びます"
        ]
    elif command.decided_on is not None and command.decided_on > clock.today():
        errors["decided_on"] = ["決定日は今日までの日を入力してください"]
    elif command.decided_on is not None and is_open:
        errors["decided_on"] = ["「検討中」のときは決定日を空けてください"]
    return errors


def _text_errors(name: str, label: str, text: str, longest: int) -> dict[str, list[str]]:
    if is_blank(text):
        return {name: [f"{label}を入力してください"]}
    if count_characters(text) > longest:
        return {name: [f"{label}は{longest:,}文字以内で入力してください"]}
    return {}


def _refuse(errors: dict[str, list[str]]) -> None:
    if errors:
        raise InvalidInput(errors)
