"""Parts of the pages: deadline, column beside the form, lines of the content (画面の部品)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.models import AuditEvent
from app.audit.queries import events_of
from app.core import clock
from app.core.calendar import CalendarRangeError
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.content import (
    FIELD_LABELS,
    VIEWPOINT_LABELS,
    VIEWPOINTS,
    content_of,
)
from app.proposals.forms.writing import ministry_name
from app.proposals.models import LateSubmission, Proposal
from app.proposals.presentation import Due, due_of, due_on, state_badge
from app.proposals.queries import late_submissions_of, revisions_of, waiting_correction
from app.proposals.services.drafts import EDITABLE_STATES
from app.rounds.models import Round
from app.rounds.queries import closes_at_for, current_round, get_round, open_rounds
from app.workflow.states import State

SAVING_VERBS = ("proposal.draft", "proposal.edit")
NO_MINISTRY = "分からない"


class Deadline(NamedTuple):
    """End of a round for one body (締切): instant, distance in words, whether it is still open."""

    closes_at: datetime
    due: Due | None
    is_open: bool


class Side(NamedTuple):
    """The column beside the form: deadline, who may submit, last saving (右の欄)."""

    deadline: Deadline
    managers: list[str]
    is_manager: bool
    saved: AuditEvent | None
    idle_minutes: int


class Line(NamedTuple):
    """One field on the page of the last check (確認画面の1行)."""

    name: str
    label: str
    value: str
    is_changed: bool


class Wish(NamedTuple):
    """One field the secretariat wants corrected, and why (補正の依頼)."""

    name: str
    label: str
    reason: str


def offered_rounds(actor: User, named: str) -> list[Round]:
    """Rounds a new draft can be for (募集中): the one named by the address or the form in front.

    A round that has closed is offered only by name, for a submission after its end.
    """
    offered = open_rounds(actor.organization_id)
    wanted = _opened_round(named)
    if wanted is None:
        return offered
    return [wanted, *(row for row in offered if row.id != wanted.id)]


def _opened_round(key: str) -> Round | None:
    if not key:
        return None
    try:
        found = get_round(key)
    except NotFound:
        return None
    return found if found.has_opened() else None


def missed_round(actor: User) -> tuple[Round, Deadline] | None:
    """Latest round that is no practice, once it has closed: what a body may be looking for."""
    latest = current_round()
    if latest is None:
        return None
    deadline = deadline_of(latest, actor.organization_id)
    return None if deadline.is_open else (latest, deadline)


def deadline_of(round_: Round, organization_id: int) -> Deadline:
    """End of a round for a body, in words as of now (締切)."""
    closes_at = closes_at_for(round_, organization_id)
    return Deadline(closes_at, _distance(closes_at), round_.is_open(closes_at))


def _distance(closes_at: datetime) -> Due | None:
    try:
        return due_on(clock.to_jst(closes_at).date())
    except CalendarRangeError:
        # The holidays of that year are not announced yet: the date alone is shown.
        return None


def side_of(round_: Round, actor: User, proposal: Proposal | None = None) -> Side:
    """Column beside the form for one reader (右の欄)."""
    managers = users_of_body(actor.organization_id, Role.PROPOSER_MANAGER)
    return Side(
        deadline=deadline_of(round_, actor.organization_id),
        managers=[manager.display_name for manager in db.session.scalars(managers)],
        is_manager=actor.has_role(Role.PROPOSER_MANAGER),
        saved=_last_saving(proposal) if proposal else None,
        idle_minutes=current_app.config["SETTINGS"].SESSION_IDLE_MINUTES,
    )


def _last_saving(proposal: Proposal) -> AuditEvent | None:
    statement = events_of("proposal", proposal.id).where(AuditEvent.verb.in_(SAVING_VERBS))
    return db.session.scalars(statement.limit(1)).one_or_none()


def is_editable(proposal: Proposal) -> bool:
    """Whether its text can be changed now (編集できる状態)."""
    return proposal.state in EDITABLE_STATES and not is_waiting(late_submissions_of(proposal))


def is_discardable(proposal: Proposal) -> bool:
    """Whether the draft can be deleted (削除できる下書き)."""
    return proposal.state is State.DRAFT and not late_submissions_of(proposal)


def is_waiting(lates: Sequence[LateSubmission]) -> bool:
    """Whether one of the late submissions waits for a lead (可否待ち)."""
    return any(late.decision is None for late in lates)


def wishes_of(proposal: Proposal) -> list[Wish]:
    """What the secretariat wants corrected (未対応の補正の依頼), in its order."""
    request = waiting_correction(proposal)
    if request is None:
        return []
    return [
        Wish(_anchor(item.field), FIELD_LABELS.get(item.field, item.field), item.reason)
        for item in request.items
    ]


def _anchor(field: str) -> str:
    return VIEWPOINTS if field in VIEWPOINT_LABELS else field


def lines_of(proposal: Proposal) -> list[Line]:
    """Every field with what was typed (確認の行), in the order of the form.

    `is_changed` says that a field differs from what was submitted last.
    """
    changed = _changed_since_submission(proposal)
    lines: list[Line] = []
    for name, label in FIELD_LABELS.items():
        if name not in VIEWPOINT_LABELS:
            lines.append(Line(name, label, _shown(proposal, name), name in changed))
        elif name == next(iter(VIEWPOINT_LABELS)):
            chosen = [words for box, words in VIEWPOINT_LABELS.items() if getattr(proposal, box)]
            is_changed = not changed.isdisjoint(VIEWPOINT_LABELS)
            lines.append(Line(VIEWPOINTS, "当てはまる視点", "\n".join(chosen), is_changed))
    return lines


def _shown(proposal: Proposal, name: str) -> str:
    if name == "ministry_id":
        return ministry_name(proposal.ministry) if proposal.ministry else NO_MINISTRY
    return str(getattr(proposal, name))


def _changed_since_submission(proposal: Proposal) -> set[str]:
    revisions = revisions_of(proposal)
    if not revisions:
        return set()
    before = revisions[-1].content
    return {name for name, value in content_of(proposal).items() if before.get(name) != value}


def case_frame(proposal: Proposal | None, actor: User) -> dict[str, Any]:
    """Values of a returned case (差戻し): badge, due date, what to correct; empty for a draft."""
    if proposal is None or proposal.receipt_number is None:
        return {"is_returned": False, "wishes": []}
    return {
        "is_returned": True,
        "wishes": wishes_of(proposal),
        "badge": state_badge(proposal, actor),
        "due": due_of(proposal, actor),
    }
