"""Running a meeting: the case on the table, what was decided, the end (会議の進行)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.meetings.models import AgendaItem, ItemOutcome, Meeting
from app.meetings.policy import authorize_propose, authorize_record, authorize_run
from app.meetings.services.preparing import check_open, keep_trace
from app.proposals.models import Proposal
from app.triage.models import Assessment
from app.triage.queries import current_assignments, is_assigned
from app.triage.services.assess import Assess, Evidence, assess
from app.triage.services.assign import Assign, assign

ASSIGNED_BY_MEETING = "会議「{title}」の決定を登録するため"
ALREADY_RECORDED = "この議題の決定は、すでに登録されています。"


@dataclass(frozen=True, kw_only=True)
class RecordItem:
    """What a meeting said on a case (議題の記録).

    PROPOSED makes the category an opinion that waits for its second person; `case_version` is that
    of the case when the page was opened.
    """

    version: int
    case_version: int
    outcome: ItemOutcome
    minutes: str
    category_key: str = ""
    evidence: tuple[Evidence, ...] = ()
    # Why another class than in the round before (前の回と違う理由).
    why_different: str = ""


def put_on_table(meeting: Meeting, item: AgendaItem | None, version: int, *, actor: User) -> None:
    """Say which item is discussed now, or none (今の議題).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_run(actor)
    check_open(meeting, version)
    meeting.current_item_id = item.id if item else None
    db.session.flush()
    keep_trace("put_on_table", meeting, actor, item_id=item.id if item else None)


def record_item(item: AgendaItem, command: RecordItem, *, actor: User) -> None:
    """Keep what was said and decided on a case (議題の記録).

    A decided category becomes an opinion of whoever records it: it needs the second person like any
    other. A lead who is no reviewer of the case is made one. Raises NotAllowed, StaleVersion,
    IllegalTransition, InvalidInput (also what the opinion itself lacks).
    """
    authorize_run(actor)
    _check_recordable(item, command.version)
    authorize_record(actor, item)
    if command.outcome is ItemOutcome.WAITING:
        raise InvalidInput({"outcome": ["結果を選んでください"]})
    if is_blank(command.minutes):
        raise InvalidInput({"minutes": ["議事の記録を入力してください"]})
    if command.outcome is ItemOutcome.PROPOSED:
        opinion = _propose(item, command, actor)
        item.assessment_id = opinion.id
        item.category_id = opinion.category_id
    item.outcome = command.outcome
    item.minutes = command.minutes
    item.recorded_by_id = actor.id
    item.recorded_at = clock.now()
    db.session.flush()
    proposal = item.proposal
    record(
        "proposal.discuss",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        changes={"meeting_id": item.meeting_id, "outcome": item.outcome.value},
    )


def close_meeting(meeting: Meeting, version: int, *, actor: User) -> None:
    """End the meeting; its record stays as it is (会議の終了).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_run(actor)
    check_open(meeting, version)
    meeting.current_item_id = None
    meeting.closed_at = clock.now()
    db.session.flush()
    keep_trace("close", meeting, actor)


def _check_recordable(item: AgendaItem, version: int) -> None:
    if item.version != version:
        raise StaleVersion(STALE_MESSAGE)
    check_open(item.meeting, item.meeting.version)
    if item.outcome is ItemOutcome.PROPOSED:
        raise IllegalTransition(ALREADY_RECORDED)


def _propose(item: AgendaItem, command: RecordItem, actor: User) -> Assessment:
    proposal = item.proposal
    authorize_propose(actor, proposal)
    if proposal.version != command.case_version:
        raise StaleVersion(STALE_MESSAGE)
    if not is_assigned(actor, proposal):
        _join_reviewers(proposal, item.meeting, actor)
    return assess(
        proposal,
        Assess(
            version=proposal.version,
            category_key=command.category_key,
            reason=command.minutes,
            evidence=command.evidence,
            why_different=command.why_different,
        ),
        actor=actor,
    )


def _join_reviewers(proposal: Proposal, meeting: Meeting, actor: User) -> None:
    present = [row.reviewer_id for row in current_assignments(proposal)]
    assign(
        proposal,
        Assign(
            version=proposal.version,
            reviewer_ids=(*present, actor.id),
            note=ASSIGNED_BY_MEETING.format(title=meeting.title),
        ),
        actor=actor,
    )
