"""What stands on the home of each role (ホームの内容)."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import func, select

from app.accounts.models import Role, User
from app.accounts.queries import bodies_without_contact
from app.audit.models import AuditHead
from app.consultations.models import ConsultationState
from app.consultations.presentation import ThreadLine, thread_line
from app.consultations.queries import rounds_with_leftovers, waiting_threads
from app.core import clock
from app.dashboard.case_line import CaseLine, case_line
from app.dashboard.queries import (
    ReviewerLoad,
    RoundFigures,
    overdue_cases,
    reviewer_loads,
    round_figures,
)
from app.discrepancies.cases.overview import count_waiting
from app.discrepancies.standing import discrepancies_of
from app.extensions import db
from app.files.queries import waiting_count
from app.files.scanner import is_scanning
from app.jobs.audit_check import broken_chain
from app.jobs.models import AlarmKind, JobAlarm
from app.jobs.queries import open_alarms
from app.jobs.standing import Trouble, troubles
from app.notifications.models import DeliveryStatus
from app.notifications.queries import count_by_status, has_mail_server, undelivered_count
from app.proposals.late_queries import late_submissions_for
from app.proposals.models import (
    LateSubmission,
    Proposal,
)
from app.rounds.models import Round
from app.rounds.queries import list_rounds
from app.suggestions.quality import Fall
from app.triage.suggestion_outcomes import fall_of_today
from app.triage.worklist import WorkItem, opened, waiting_work
from app.watches.listing import real_rounds
from app.workflow.states import Action

WORK_SHOWN = 12
OVERDUE_SHOWN = 10
# Told and not over yet; what is wrong with a job is read anew, for nobody tells while all stand.
NODE_ALARMS = (AlarmKind.CLOCK, AlarmKind.AUDIT_BROKEN, AlarmKind.DISK)

PAGE_OF_ACTION = {
    Action.ACCEPT: "triage.form_check",
    Action.ASSIGN: "triage.assign",
    Action.ASSESS: "triage.assess",
    Action.CONFIRM: "triage.confirm",
    Action.RESUME: "triage.resume",
}


@dataclass(frozen=True, kw_only=True)
class SecretariatHome:
    """Home of an officer or a lead (事務局のホーム)."""

    figures: RoundFigures | None
    round: Round | None
    work: list[CaseLine]
    work_total: int
    loads: list[ReviewerLoad]
    overdue: list[CaseLine]
    late_waiting: list[LateSubmission]
    consultations: list[ThreadLine]
    left_consultations: list[tuple[Round, int]]
    fall: Fall | None
    unexplained: int
    to_check: int
    undelivered: int


@dataclass(frozen=True, kw_only=True)
class AdminHome:
    """Home of the system administrator (システム管理のホーム)."""

    users: int
    queued: int
    undelivered: int
    is_mailing: bool
    alarms: list[JobAlarm]
    troubles: list[Trouble]
    is_scanning: bool
    unscanned_files: int
    rounds: list[Round]
    bodies_without_contact: int


@dataclass(frozen=True, kw_only=True)
class AuditorHome:
    """Home of the auditor (監査のホーム)."""

    entries: int
    broken: JobAlarm | None
    figures: RoundFigures | None
    round: Round | None


def secretariat_home(actor: User, round_: Round | None) -> SecretariatHome:
    """Build the home of an officer or a lead: own work first, then the team."""
    items = waiting_work(actor)
    return SecretariatHome(
        figures=round_figures(round_, actor) if round_ else None,
        round=round_,
        work=[_workcase_line(item, actor) for item in opened(items[:WORK_SHOWN])],
        work_total=len(items),
        loads=reviewer_loads(actor),
        overdue=[case_line(case, actor) for case in _listed(actor)],
        late_waiting=_late_waiting(actor),
        consultations=_threads(actor, ConsultationState.OPEN),
        left_consultations=rounds_with_leftovers(actor),
        fall=fall_of_today(actor) if actor.has_role(Role.LEAD) else None,
        unexplained=_unexplained(actor, round_),
        to_check=_to_check(actor, round_),
        undelivered=undelivered_count(actor) if actor.has_role(Role.LEAD) else 0,
    )


def admin_home(actor: User) -> AdminHome:
    """Build the home of the administrator: accounts, mail, jobs, rounds."""
    counts = count_by_status()
    return AdminHome(
        users=db.session.scalar(select(func.count()).select_from(User)) or 0,
        queued=counts[DeliveryStatus.QUEUED],
        undelivered=undelivered_count(actor),
        is_mailing=has_mail_server(),
        alarms=[row for row in open_alarms() if row.kind in NODE_ALARMS],
        troubles=troubles(clock.now()),
        is_scanning=is_scanning(),
        unscanned_files=waiting_count(),
        rounds=list(db.session.scalars(list_rounds())),
        bodies_without_contact=_count_without_contact(),
    )


def _count_without_contact() -> int:
    found = bodies_without_contact().order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def auditor_home(actor: User, round_: Round | None) -> AuditorHome:
    """Build the home of the auditor."""
    return AuditorHome(
        entries=db.session.get_one(AuditHead, 1).last_seq,
        broken=broken_chain(),
        figures=round_figures(round_, actor) if round_ else None,
        round=round_,
    )


def _listed(actor: User) -> list[Proposal]:
    return list(db.session.scalars(overdue_cases(actor, OVERDUE_SHOWN)))


def _late_waiting(actor: User) -> list[LateSubmission]:
    if not actor.has_role(Role.LEAD):
        return []
    waiting = late_submissions_for(actor).where(LateSubmission.decision.is_(None))
    return list(db.session.scalars(waiting.order_by(LateSubmission.requested_at)))


def _unexplained(actor: User, round_: Round | None) -> int:
    """Discrepancies of the round that wait for an explanation (食い違い), told to the lead."""
    if round_ is None or not actor.has_role(Role.LEAD):
        return 0
    return discrepancies_of(round_, actor).waiting


def _to_check(actor: User, round_: Round | None) -> int:
    """Findings about cases that wait (案件の点検), told to the lead; a practice round's alone."""
    if not actor.has_role(Role.LEAD):
        return 0
    is_practice = round_ is not None and round_.is_practice
    return count_waiting(actor, [round_] if round_ and is_practice else real_rounds())


def _threads(actor: User, state: ConsultationState) -> list[ThreadLine]:
    return [thread_line(row, actor) for row in waiting_threads(actor, state)]


def _workcase_line(item: WorkItem, actor: User) -> CaseLine:
    url = url_for(PAGE_OF_ACTION[item.action], receipt_number=item.proposal.receipt_number)
    return case_line(item.proposal, actor)._replace(url=url, todo=item.todo, button=item.button)
