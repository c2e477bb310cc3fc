"""What stands on the home of each role (ホームの内容)."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import url_for
from sqlalchemy import func, select

from app.accounts.models import Role, User
from app.audit.models import AuditHead
from app.consultations.models import ConsultationState
from app.consultations.presentation import ThreadLine, thread_line
from app.consultations.queries import rounds_with_leftovers, waiting_threads
from app.core import clock
from app.core.clock import to_jst
from app.core.closing_days import office_calendar
from app.core.eras import format_datetime
from app.dashboard.queries import (
    ReviewerLoad,
    RoundFigures,
    cases_awaiting_view,
    overdue_cases,
    own_cases,
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
from app.proposals.models import (
    ApprovalRequest,
    CoProposer,
    LateSubmission,
    PartnerAnswer,
    Proposal,
)
from app.proposals.policy import can_approve
from app.proposals.presentation import Due, StateBadge, due_of, due_on, state_badge
from app.proposals.queries import late_submissions_for
from app.proposals.sharing.approvals import waiting_approvals
from app.proposals.sharing.partners import joint_requests_to
from app.rounds.models import Round
from app.rounds.queries import closes_at_for, list_rounds, open_rounds
from app.suggestions.quality import Fall
from app.triage.suggestion_outcomes import fall_of_today
from app.triage.worklist import WorkItem, my_work
from app.watches.listing import real_rounds
from app.workflow.states import Action, State

WORK_SHOWN = 12
OVERDUE_SHOWN = 10
# Told and not over yet; what is wrong with a job is read anew, for nobody tells while all stand.
NODE_ALARMS = (AlarmKind.CLOCK, AlarmKind.AUDIT_BROKEN)
OWN_SHOWN = 20

PAGE_OF_ACTION = {
    Action.ACCEPT: "triage.form_check",
    Action.ASSIGN: "triage.assign",
    Action.ASSESS: "triage.assess",
    Action.CONFIRM: "triage.confirm",
    Action.RESUME: "triage.resume",
}
IN_HANDS = (
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
    State.CLASSIFIED,
    State.MERGED,
)
SETTLED = (State.CLOSED, State.WITHDRAWN)


class CaseLine(NamedTuple):
    """A case in a table of the home."""

    proposal: Proposal
    badge: StateBadge
    due: Due | None
    url: str
    todo: str = ""
    button: str = ""


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
class OpenRound:
    """A round a body can submit to now, with its end for this body (募集中)."""

    round: Round
    closes: str
    due: Due


class ApprovalLine(NamedTuple):
    """A request for approval on the home of a body (決裁待ち)."""

    asked: ApprovalRequest
    can_decide: bool


@dataclass(frozen=True, kw_only=True)
class ProposerHome:
    """Home of a body (提案団体のホーム)."""

    open_rounds: list[OpenRound]
    returned: list[CaseLine]
    views: list[CaseLine]
    drafts: list[CaseLine]
    submitted: list[CaseLine]
    settled: list[CaseLine]
    answered: list[ThreadLine]
    approvals: list[ApprovalLine]
    joint_requests: list[CoProposer]


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


@dataclass(frozen=True, kw_only=True)
class AuditorHome:
    """Home of the auditor (監査のホーム)."""

    entries: int
    broken: JobAlarm | None
    figures: RoundFigures | None
    round: Round | None


def secretariat_home(actor: User, round_: Round | None) -> SecretariatHome:
    """Build the home of an officer or a lead: own work first, then the team."""
    items = my_work(actor)
    return SecretariatHome(
        figures=round_figures(round_, actor) if round_ else None,
        round=round_,
        work=[_work_line(item, actor) for item in items[:WORK_SHOWN]],
        work_total=len(items),
        loads=reviewer_loads(actor),
        overdue=[_line(case, actor) for case in _listed(actor)],
        late_waiting=_late_waiting(actor),
        consultations=_threads(actor, ConsultationState.OPEN),
        left_consultations=rounds_with_leftovers(actor),
        fall=fall_of_today(actor) if actor.has_role(Role.LEAD) else None,
        unexplained=_unexplained(actor, round_),
        to_check=_to_check(actor, round_),
        undelivered=undelivered_count(actor) if actor.has_role(Role.LEAD) else 0,
    )


def proposer_home(actor: User) -> ProposerHome:
    """Build the home of a body: what it has to do, then what lies elsewhere."""
    return ProposerHome(
        open_rounds=[_open_round(row, actor) for row in open_rounds(actor.organization_id)],
        returned=_own(actor, (State.RETURNED,)),
        views=[_line(case, actor) for case in cases_awaiting_view(actor, OWN_SHOWN)],
        drafts=_own(actor, (State.DRAFT,)),
        submitted=_own(actor, IN_HANDS),
        settled=_own(actor, SETTLED),
        answered=_threads(actor, ConsultationState.ANSWERED),
        approvals=_approvals(actor),
        joint_requests=_joint_requests(actor),
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
    )


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


def _approvals(actor: User) -> list[ApprovalLine]:
    """Requests for approval that wait in the body (決裁待ち): those the actor decides in front."""
    lines = [
        ApprovalLine(row, can_approve(actor, row.proposal, row)) for row in waiting_approvals(actor)
    ]
    return sorted(lines, key=lambda line: not line.can_decide)


def _joint_requests(actor: User) -> list[CoProposer]:
    """Requests of other bodies that wait for an answer (共同提案の依頼)."""
    asked = joint_requests_to(actor)
    return [row for row in asked if row.answer is PartnerAnswer.WAITING]


def _threads(actor: User, state: ConsultationState) -> list[ThreadLine]:
    return [thread_line(row, actor) for row in waiting_threads(actor, state)]


def _own(actor: User, states: tuple[State, ...]) -> list[CaseLine]:
    return [_line(case, actor) for case in own_cases(actor, states, OWN_SHOWN)]


def _work_line(item: WorkItem, actor: User) -> CaseLine:
    url = url_for(PAGE_OF_ACTION[item.action], receipt_number=item.proposal.receipt_number)
    return _line(item.proposal, actor)._replace(url=url, todo=item.todo, button=item.button)


def _line(proposal: Proposal, actor: User) -> CaseLine:
    return CaseLine(
        proposal=proposal,
        badge=state_badge(proposal, actor),
        due=due_of(proposal, actor),
        url=_case_url(proposal),
    )


def _case_url(proposal: Proposal) -> str:
    if proposal.receipt_number is None:
        return url_for("proposals.edit_draft", proposal_id=proposal.id)
    return url_for("casework.show", receipt_number=proposal.receipt_number)


def _open_round(round_: Round, actor: User) -> OpenRound:
    closes_at = closes_at_for(round_, actor.organization_id)
    day = to_jst(closes_at).date()
    # A round may end beyond the years whose holidays are known: then only the date is told.
    due = due_on(day) if day.year <= office_calendar().last_valid_year else Due(day, "", "normal")
    return OpenRound(round=round_, closes=format_datetime(closes_at), due=due)
