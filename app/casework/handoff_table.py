"""Hand-offs of a case in words (送付・回答のタブ): the table, refusals, dates, what to do next."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from flask import url_for

from app.accounts.models import User
from app.core.eras import format_date_short
from app.handoffs.desk_view import FileLine, file_line
from app.handoffs.dues import running_due
from app.handoffs.models import Handoff, HandoffDue
from app.handoffs.policy import can_direct, can_hand_off
from app.handoffs.queries import handoffs_of, refusals_before, unrouted
from app.handoffs.received import files_sent_along
from app.handoffs.recipients import coordinators_of
from app.handoffs.services.lead import current_lead
from app.handoffs.services.reclassify import can_take_back
from app.handoffs.services.reroute import REFUSALS_FOR_LEAD
from app.handoffs.services.send import sending_problem
from app.handoffs.standing import STANDING_LABELS, HandoffStanding, standing_of_handoffs
from app.proposals.models import Proposal
from app.proposals.presentation import Due, StateBadge, due_on
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    HANDOFF_PURPOSE_LABELS,
    HANDOFF_STATE_LABELS,
    HandoffPart,
    HandoffPurpose,
    HandoffState,
)
from app.workflow.labels import TERM_LABELS, Tone
from app.workflow.states import State

TONES: dict[HandoffState, Tone] = {
    HandoffState.PREPARED: Tone.PLAIN,
    HandoffState.SENT: Tone.WAIT,
    HandoffState.ACKNOWLEDGED: Tone.WAIT,
    HandoffState.ANSWERED: Tone.WORK,
    HandoffState.SETTLED: Tone.DONE,
    HandoffState.REFUSED: Tone.WORK,
    HandoffState.RECALLED: Tone.PLAIN,
}
NOBODY = "利用者が登録されていません"
ANNOUNCED = "日付指定"


class RowAct(NamedTuple):
    """What can be done with a hand-off (操作): a link to its page."""

    label: str
    url: str


class DueLine(NamedTuple):
    """A date as it was set (期限の履歴)."""

    term: str
    due_on: date
    basis: str
    reason: str
    who: str
    when: datetime


class Refusal(NamedTuple):
    """A refusal that led here (所管外の経過)."""

    destination: str
    reason: str
    suggested: str
    when: datetime | None


@dataclass(frozen=True, kw_only=True)
class HandoffLine:
    """One hand-off in the table of its case (送付の行)."""

    id: int
    destination: str
    part: str
    is_lead: bool
    purpose: str
    badge: StateBadge
    due: Due | None
    term: str
    round_number: int
    steps: list[tuple[str, datetime]]
    assignee: str
    reply: str
    ending: str
    request_text: str
    files: list[FileLine]
    dues: list[DueLine]
    refusals: list[Refusal]
    rerouted_from: str
    problem: str
    recipients: str
    acts: list[RowAct]


@dataclass(frozen=True, kw_only=True)
class HandoffTable:
    """The tab 送付・回答 of a case, for the secretariat."""

    standing: str
    lines: list[HandoffLine]
    has_lead: bool
    prepare_url: str | None
    lead_url: str | None
    needs_lead_words: str


def handoff_table(proposal: Proposal, actor: User) -> HandoffTable:
    """Read the hand-offs of a case for the secretariat (送付の一覧)."""
    rows = handoffs_of(proposal)
    lead = current_lead(proposal)
    may_prepare = proposal.state is State.CLASSIFIED and can_hand_off(actor, proposal)
    waiting = unrouted(rows)
    told = standing_of_handoffs(proposal)
    needs_lead = bool(rows) and lead is None and told is not HandoffStanding.SETTLED
    return HandoffTable(
        standing=STANDING_LABELS[told],
        lines=[_line(row, actor, is_waiting=row in waiting) for row in rows],
        has_lead=lead is not None,
        prepare_url=_page("prepare", proposal) if may_prepare else None,
        lead_url=(
            _page("change_lead", proposal)
            if lead is not None and may_prepare and can_direct(actor, proposal)
            else None
        ),
        needs_lead_words="主管への送付がありません。" if needs_lead else "",
    )


def _line(handoff: Handoff, actor: User, *, is_waiting: bool) -> HandoffLine:
    people = coordinators_of(handoff.destination)
    running = running_due(handoff)
    came_from = handoff.rerouted_from
    return HandoffLine(
        id=handoff.id,
        destination=handoff.destination.name,
        part=HANDOFF_PART_LABELS[handoff.part],
        is_lead=handoff.part is HandoffPart.LEAD,
        purpose=HANDOFF_PURPOSE_LABELS[handoff.purpose],
        badge=StateBadge(HANDOFF_STATE_LABELS[handoff.state], TONES[handoff.state]),
        due=due_on(handoff.due_on) if handoff.due_on else None,
        term=TERM_LABELS[running.term] if running else "",
        round_number=handoff.round_number,
        steps=_steps(handoff),
        assignee=handoff.assignee.display_name if handoff.assignee else "",
        reply=_reply_words(handoff),
        ending=handoff.end_reason,
        request_text=handoff.request_text,
        files=[file_line(row) for row in files_sent_along(handoff)],
        dues=[_due_line(row) for row in handoff.dues],
        refusals=_refusals(handoff) if came_from is not None or is_waiting else [],
        rerouted_from=came_from.destination.name if came_from else "",
        problem=sending_problem(handoff) if handoff.state is HandoffState.PREPARED else "",
        recipients="、".join(person.display_name for person in people) or NOBODY,
        acts=_acts(handoff, actor, is_waiting=is_waiting),
    )


def _steps(handoff: Handoff) -> list[tuple[str, datetime]]:
    steps = [
        ("準備", handoff.prepared_at),
        ("送付", handoff.sent_at),
        ("受領", handoff.acknowledged_at),
        (HANDOFF_STATE_LABELS[handoff.state], handoff.ended_at),
    ]
    return [(label, when) for label, when in steps if when is not None]


def _reply_words(handoff: Handoff) -> str:
    if handoff.purpose is HandoffPurpose.INFORMATION:
        return "求めません"
    if handoff.state in (HandoffState.ANSWERED, HandoffState.SETTLED):
        return f"{handoff.round_number}回目あり"
    again = handoff.round_number > 1 and handoff.state is HandoffState.ACKNOWLEDGED
    return f"再検討中（{handoff.round_number}回目）" if again else "まだありません"


def _due_line(row: HandoffDue) -> DueLine:
    basis = ANNOUNCED
    if row.office_days is not None:
        basis = f"{format_date_short(row.started_on)}から{row.office_days}開庁日"
    label = TERM_LABELS[row.term]
    return DueLine(
        term=f"{label}（{row.round_number}回目）" if row.round_number > 1 else label,
        due_on=row.due_on,
        basis=basis,
        reason=row.reason,
        who=row.set_by.label if row.set_by else "",
        when=row.set_at,
    )


def _refusals(handoff: Handoff) -> list[Refusal]:
    return [
        Refusal(
            destination=row.destination.name,
            reason=row.end_reason,
            suggested=row.suggested.name if row.suggested else "不明",
            when=row.ended_at,
        )
        for row in refusals_before(handoff)
    ]


def _acts(handoff: Handoff, actor: User, *, is_waiting: bool) -> list[RowAct]:
    """Acts of the row, the likeliest first; replies are settled in the part on replies."""
    proposal = handoff.proposal
    if not can_hand_off(actor, proposal):
        return []
    is_classified = proposal.state is State.CLASSIFIED
    acts: list[RowAct] = []
    if handoff.state is HandoffState.PREPARED:
        acts += [RowAct("送付内容を確かめる", _row_page("preview", handoff))]
    elif can_take_back(handoff):
        acts += [RowAct("送付を取り下げる", _row_page("recall", handoff))]
    if is_waiting and is_classified and _may_reroute(handoff, actor):
        acts += [RowAct("送り直す", _row_page("reroute", handoff))]
    if handoff.due_on is not None and can_direct(actor, proposal):
        acts += [RowAct("期限を変える", _row_page("redate", handoff))]
    return acts


def _may_reroute(handoff: Handoff, actor: User) -> bool:
    is_for_lead = len(refusals_before(handoff)) >= REFUSALS_FOR_LEAD
    return not is_for_lead or can_direct(actor, handoff.proposal)


def _page(name: str, proposal: Proposal) -> str:
    return url_for(f"case_handoffs.{name}", receipt_number=proposal.receipt_number)


def _row_page(name: str, handoff: Handoff) -> str:
    return url_for(
        f"case_handoffs.{name}",
        receipt_number=handoff.proposal.receipt_number,
        handoff_id=handoff.id,
    )
