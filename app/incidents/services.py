"""Reporting, freezing and following up on incidents (事故の報告の操作)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, update

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotFound, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.freezes.models import Freeze, FrozenKind
from app.freezes.queries import is_frozen
from app.incidents.models import Incident, IncidentStep, StepKind
from app.incidents.policy import authorize_freeze, authorize_handle, authorize_lift
from app.incidents.queries import freezable, named_case, people_to_tell
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.rounds.letters import write_in_round

FUTURE = "今日までの日を入力してください"
TOO_OLD = "1年より前の日は入力できません。日付を確かめてください"
BEFORE_KNOWN = "知った日以後の日を入力してください"
CLOSED = "この事故への対応は、もう終わっています。"
LIFTED = "この凍結は、もう解かれています。"
FROZEN_ALREADY = "これは、もう凍結しています。"
NOT_NAMED = "この報告では、これを凍結できません。報告の画面から選んでください。"
HELD_FOR = "事故の調査のため凍結"
ONE_YEAR = timedelta(days=366)
FISCAL_START = 4  # month


@dataclass(frozen=True, kw_only=True)
class ReportIncident:
    """What somebody reports (事故・漏えいの報告)."""

    happened: str
    happened_when: str
    known_on: date
    concerned: str
    seen_by: str
    persons_estimate: int | None
    is_malicious: bool


@dataclass(frozen=True, kw_only=True)
class NoteStep:
    """What was done about it (対応の記録)."""

    kind: StepKind
    note: str
    done_on: date
    version: int


def report_incident(command: ReportIncident, *, actor: User) -> Incident:
    """Write a report down and tell who must know, in the same transaction (事故の報告, P51).

    Raises InvalidInput for a day to come.
    """
    today = clock.today()
    if command.known_on > today:
        raise InvalidInput({"known_on": [FUTURE]})
    if command.known_on < today - ONE_YEAR:
        raise InvalidInput({"known_on": [TOO_OLD]})
    case = named_case(actor, command.concerned)
    incident = Incident(
        number=_next_number(today),
        reported_by=actor,
        organization=actor.organization,
        reported_at=clock.now(),
        happened=command.happened,
        happened_when=command.happened_when,
        known_on=command.known_on,
        concerned=command.concerned,
        proposal_id=case.id if case else None,
        seen_by=command.seen_by,
        persons_estimate=command.persons_estimate,
        is_malicious=command.is_malicious,
    )
    db.session.add(incident)
    db.session.flush()
    _record(incident, "incident.report", actor, known_on=command.known_on.isoformat())
    write_in_round(
        None,
        "incident_reported",
        people_to_tell(incident),
        key=f"incident_reported:{incident.id}",
        path=f"/incidents/{incident.id}",
        about=Subject(type="incident", id=incident.id),
        number=incident.number,
        body_name=incident.organization.name,
        reported_at=clock.to_jst(incident.reported_at).strftime("%Y年%m月%d日 %H時%M分"),
    )
    return incident


def _next_number(today: date) -> str:
    """Number of the next report of the fiscal year (事故2024-001)."""
    year = today.year if today.month >= FISCAL_START else today.year - 1
    prefix = f"事故{year}-"
    last = db.session.scalar(
        select(func.max(Incident.number)).where(Incident.number.startswith(prefix))
    )
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:03d}"


def freeze(incident: Incident, value: str, *, actor: User) -> Freeze:
    """Have a case, file or letter that the report names answer 404 from now on (凍結).

    Copies of a letter that are still to go out are held. Raises NotAllowed, NotFound for what the
    report does not name, IllegalTransition for what is frozen already.
    """
    authorize_freeze(actor, incident)
    wanted = next((row for row in freezable(actor, incident) if row.value == value), None)
    if wanted is None:
        raise NotFound(NOT_NAMED)
    if is_frozen(wanted.kind, wanted.target):
        raise IllegalTransition(FROZEN_ALREADY)
    made = Freeze(
        kind=wanted.kind,
        target=wanted.target,
        label=wanted.label,
        incident_id=incident.id,
        frozen_by_id=actor.id,
        frozen_at=clock.now(),
        lift_reason="",
    )
    db.session.add(made)
    if wanted.kind is FrozenKind.MAILING:
        _hold_letters(int(wanted.target), actor)
    db.session.flush()
    _record(incident, "incident.freeze", actor, freeze=made.id, kind=made.kind.value)
    return made


def _hold_letters(mailing_id: int, actor: User) -> None:
    db.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.about_type == "mailing",
            OutboxMessage.about_id == mailing_id,
            OutboxMessage.status == DeliveryStatus.QUEUED,
        )
        .values(
            status=DeliveryStatus.HELD,
            next_try_at=None,
            stopped_by_id=actor.id,
            stopped_at=clock.now(),
            stop_reason=HELD_FOR,
        )
    )


def lift_freeze(incident: Incident, frozen: Freeze, reason: str, *, actor: User) -> None:
    """Open again what was frozen, as a second person (凍結の解除).

    Raises NotAllowed, IllegalTransition.
    """
    authorize_lift(actor, frozen)
    if frozen.lifted_at is not None:
        raise IllegalTransition(LIFTED)
    frozen.lifted_by_id = actor.id
    frozen.lifted_at = clock.now()
    frozen.lift_reason = reason
    _record(incident, "incident.lift_freeze", actor, reason=reason, freeze=frozen.id)


def note_step(incident: Incident, command: NoteStep, *, actor: User) -> None:
    """Note what was done (対応の記録); the last one closes the report.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_handle(actor)
    if incident.version != command.version:
        raise StaleVersion(STALE_MESSAGE)
    if incident.closed_at is not None:
        raise IllegalTransition(CLOSED)
    if command.done_on > clock.today():
        raise InvalidInput({"done_on": [FUTURE]})
    if command.done_on < incident.known_on:
        raise InvalidInput({"done_on": [BEFORE_KNOWN]})
    incident.steps.append(
        IncidentStep(
            kind=command.kind,
            note=command.note,
            done_on=command.done_on,
            noted_by_id=actor.id,
            noted_at=clock.now(),
        )
    )
    is_end = command.kind is StepKind.CLOSED
    if is_end:
        incident.closed_at = clock.now()
    db.session.flush()
    verb = "incident.close" if is_end else "incident.note_step"
    _record(incident, verb, actor, kind=command.kind.value)


def _record(
    incident: Incident, verb: str, actor: User, *, reason: str = "", **changes: object
) -> None:
    subject = Subject(type="incident", id=incident.id, version=incident.version)
    record(verb, subject, actor=actor, reason=reason, changes=changes)
