"""What stands on the home of a body (提案団体のホーム)."""

from dataclasses import dataclass
from typing import NamedTuple

from app.accounts.models import User
from app.consultations.models import ConsultationState
from app.consultations.presentation import ThreadLine, thread_line
from app.consultations.queries import waiting_threads
from app.core.clock import to_jst
from app.core.closing_days import office_calendar
from app.core.eras import format_datetime
from app.dashboard.case_line import CaseLine, case_line
from app.dashboard.queries import (
    cases_awaiting_view,
    own_cases,
)
from app.proposals.models import (
    ApprovalRequest,
    CoProposer,
    PartnerAnswer,
)
from app.proposals.policy import can_approve
from app.proposals.presentation import Due, due_on
from app.proposals.sharing.approvals import waiting_approvals
from app.proposals.sharing.partners import joint_requests_to
from app.rounds.models import Round
from app.rounds.queries import closes_at_for, open_rounds
from app.workflow.states import State

OWN_SHOWN = 20
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


def proposer_home(actor: User) -> ProposerHome:
    """Build the home of a body: what it has to do, then what lies elsewhere."""
    return ProposerHome(
        open_rounds=[_open_round(row, actor) for row in open_rounds(actor.organization_id)],
        returned=_own(actor, (State.RETURNED,)),
        views=[case_line(case, actor) for case in cases_awaiting_view(actor, OWN_SHOWN)],
        drafts=_own(actor, (State.DRAFT,)),
        submitted=_own(actor, IN_HANDS),
        settled=_own(actor, SETTLED),
        answered=[
            thread_line(row, actor) for row in waiting_threads(actor, ConsultationState.ANSWERED)
        ],
        approvals=_approvals(actor),
        joint_requests=_joint_requests(actor),
    )


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


def _own(actor: User, states: tuple[State, ...]) -> list[CaseLine]:
    return [case_line(case, actor) for case in own_cases(actor, states, OWN_SHOWN)]


def _open_round(round_: Round, actor: User) -> OpenRound:
    closes_at = closes_at_for(round_, actor.organization_id)
    day = to_jst(closes_at).date()
    # A round may end beyond the years whose holidays are known: then only the date is told.
    due = due_on(day) if day.year <= office_calendar().last_valid_year else Due(day, "", "normal")
    return OpenRound(round=round_, closes=format_datetime(closes_at), due=due)
