"""Parts of the pages: deadline, column beside the form, lines of the content (画面の部品)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.core import clock
from app.core.calendar import CalendarRangeError
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.content import (
    changed_fields,
    condition_words,
    content_of,
    hidden_fields,
    is_answered,
    shown_fields,
    words_in,
)
from app.proposals.correction_targets import (
    ATTACHMENTS,
    anchor_of,
    covered_by,
    target_label,
)
from app.proposals.forms.writing import NO_MINISTRY
from app.proposals.late_queries import late_submissions_of
from app.proposals.models import LateSubmission, PartnerAnswer, Proposal
from app.proposals.presentation import Due, due_of, due_on, state_badge
from app.proposals.queries import revisions_of, waiting_correction
from app.proposals.services.attachments import files_as_submitted
from app.proposals.services.drafts import EDITABLE_STATES
from app.proposals.sharing.approvals import waiting_approval
from app.proposals.sharing.partners import partners_of
from app.proposals.versions import Saving, last_savings
from app.rounds.models import FieldKind, Round
from app.rounds.queries import closes_at_for, current_round, get_round, open_rounds
from app.workflow.states import State


class Deadline(NamedTuple):
    """End of a round for one body (締切): instant, distance in words, whether it is still open."""

    closes_at: datetime
    due: Due | None
    is_open: bool


class Side(NamedTuple):
    """The column beside the form: deadline, who may submit, last saving (右の欄).

    `partners` are the bodies that read the text with the own one (共同提案団体).
    """

    deadline: Deadline
    managers: list[str]
    is_manager: bool
    saved: Saving | None
    idle_minutes: int
    partners: list[str]


class Line(NamedTuple):
    """One field on the page of the last check (確認画面の1行)."""

    name: str
    label: str
    value: str
    is_changed: bool


class HiddenLine(NamedTuple):
    """One field the answers hide (表示していない項目), with what is left in it."""

    label: str
    condition: str
    value: str
    is_kept: bool


class Wish(NamedTuple):
    """One thing the secretariat wants corrected, and why (補正の依頼).

    `name` is the field it leads to; `is_answered` says that something it is about has changed.
    """

    name: str
    label: str
    reason: str
    is_answered: bool = False


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
        saved=last_savings([proposal]).get(proposal.id) if proposal else None,
        idle_minutes=current_app.config["SETTINGS"].SESSION_IDLE_MINUTES,
        partners=_reading_partners(proposal) if proposal else [],
    )


def _reading_partners(proposal: Proposal) -> list[str]:
    reading = [row for row in partners_of(proposal) if row.answer is not PartnerAnswer.DECLINED]
    return [row.organization.name for row in reading]


def is_editable(proposal: Proposal) -> bool:
    """Whether its text can be changed now (編集できる状態)."""
    if proposal.state not in EDITABLE_STATES or waiting_approval(proposal) is not None:
        return False
    return not is_waiting(late_submissions_of(proposal))


def is_discardable(proposal: Proposal) -> bool:
    """Whether the draft can be deleted (削除できる下書き)."""
    is_draft = proposal.state is State.DRAFT and not late_submissions_of(proposal)
    return is_draft and waiting_approval(proposal) is None


def is_waiting(lates: Sequence[LateSubmission]) -> bool:
    """Whether one of the late submissions waits for a lead (可否待ち)."""
    return any(late.decision is None for late in lates)


def wishes_of(proposal: Proposal) -> list[Wish]:
    """What the secretariat wants corrected (未対応の補正の依頼), in its order."""
    request = waiting_correction(proposal)
    if request is None:
        return []
    round_ = proposal.round
    changed = changed_targets(proposal)
    return [
        Wish(
            anchor_of(round_, item.field),
            target_label(round_, item.field),
            item.reason,
            not changed.isdisjoint(covered_by(round_, item.field)),
        )
        for item in request.items
    ]


def lines_of(proposal: Proposal) -> list[Line]:
    """Every field that is asked, with what was typed (確認の行), in the order of the form.

    `is_changed` says that a field differs from what was submitted last.
    """
    content = content_of(proposal)
    changed = _changed_since_submission(proposal, content)
    return [
        Line(
            field.name,
            field.label,
            words_in(field, content) or (NO_MINISTRY if field.kind is FieldKind.MINISTRY else ""),
            field.name in changed,
        )
        for field in shown_fields(proposal)
    ]


def hidden_lines_of(proposal: Proposal) -> list[HiddenLine]:
    """Fields that the answers hide (表示していない項目): why, and what becomes of their answers."""
    content = content_of(proposal)
    return [
        HiddenLine(
            label=field.label,
            condition=condition_words(proposal.round, field),
            value=words_in(field, content) if is_answered(field, content) else "",
            is_kept=field.keeps_hidden_answer,
        )
        for field in hidden_fields(proposal)
    ]


def _changed_since_submission(proposal: Proposal, content: Mapping[str, Any]) -> set[str]:
    revisions = revisions_of(proposal)
    if not revisions:
        return set()
    changed = changed_fields(proposal.round, revisions[-1].content, content)
    return {field.name for field in changed}


def changed_targets(proposal: Proposal) -> set[str]:
    """What differs from the last submission, as a return names it: fields, and the files."""
    revisions = revisions_of(proposal)
    changed = _changed_since_submission(proposal, content_of(proposal))
    if revisions and revisions[-1].files != files_as_submitted(proposal):
        changed.add(ATTACHMENTS)
    return changed


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
