"""One hand-off as its ministry reads it (届いた案件の画面)."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.accounts.models import User
from app.comments.models import Comment
from app.comments.queries import comments_on
from app.core import clock
from app.core.eras import format_date, format_date_short
from app.files.labels import size_words, verdict_label, verdict_tone
from app.files.models import StoredFile, Verdict
from app.handoffs.case_content import ContentField, content_for_ministry, proposers_of
from app.handoffs.desk_policy import can_write, is_coordinator, is_possible
from app.handoffs.inbox_lines import InboxLine, line_of
from app.handoffs.models import BodyView, Handoff, Reexamination, Reply
from app.handoffs.queries import current_reply, reexaminations_of, replies_of, views_of
from app.handoffs.received import files_sent_along, related_replies, told_handoffs
from app.proposals.presentation import StateBadge
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    OWED_HANDOFF_STATES,
    REPLY_KIND_LABELS,
    HandoffAction,
    HandoffPart,
    HandoffPurpose,
    HandoffState,
    ReplyStatus,
)
from app.workflow.labels import TERM_LABELS, Tone
from app.workflow.states import State
from app.workflow.terms import Term


class FileLine(NamedTuple):
    """A file with its verdict (資料); an empty `public_id` cannot be opened yet."""

    name: str
    public_id: str
    size: str
    verdict: str
    tone: str
    own_id: str


class ReplyText(NamedTuple):
    """A reply that was sent, for reading (送付した回答)."""

    reply: Reply
    kind: str
    before: str | None
    asked: Reexamination | None
    files: list[FileLine]


class DestinationLine(NamedTuple):
    """One ministry that takes part (送付先の府省庁); the lead alone is told how far it is."""

    name: str
    part: str
    is_self: bool
    badge: StateBadge | None
    due: str
    opinions: list[ReplyText]


class DueLine(NamedTuple):
    """A date as it was set (期限の履歴)."""

    set_at: datetime
    term: str
    due_on: str
    how: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeskView:
    """Everything on the page of one hand-off (届いた案件)."""

    handoff: Handoff
    line: InboxLine
    figures: list[dict[str, str]]
    proposers: list[ContentField]
    content: list[ContentField]
    files: list[FileLine]
    destinations: list[DestinationLine]
    is_leading: bool
    comments: list[Comment]
    views: list[BodyView]
    earlier: list[ReplyText]
    dues: list[DueLine]
    reply: Reply | None
    reply_files: list[FileLine]
    asked: Reexamination | None
    is_coordinator: bool
    may_acknowledge: bool
    may_write: bool
    may_refuse: bool
    may_assign: bool
    is_awaiting: bool
    is_stopped: bool
    is_information: bool


def desk_view(handoff: Handoff, actor: User) -> DeskView:
    """Put the page of a hand-off together (届いた案件の画面)."""
    proposal = handoff.proposal
    reply = current_reply(handoff)
    speaks = is_coordinator(actor, handoff)
    asked = {row.round_number: row for row in reexaminations_of(handoff)}
    line = line_of(handoff, reply)
    return DeskView(
        handoff=handoff,
        line=line,
        figures=_figures(handoff, line),
        proposers=proposers_of(proposal),
        content=content_for_ministry(proposal),
        files=[file_line(row) for row in files_sent_along(handoff)],
        destinations=_destinations(handoff),
        is_leading=handoff.part is HandoffPart.LEAD,
        comments=comments_on(proposal, actor),
        views=_views(handoff),
        earlier=_sent(replies_of(handoff), asked),
        dues=_dues(handoff),
        reply=reply,
        reply_files=[file_line(row.stored_file) for row in reply.files] if reply else [],
        asked=asked.get(handoff.round_number),
        is_coordinator=speaks,
        may_acknowledge=speaks and is_possible(handoff, HandoffAction.ACKNOWLEDGE),
        may_write=can_write(actor, handoff) and is_possible(handoff, HandoffAction.ANSWER),
        may_refuse=speaks and is_possible(handoff, HandoffAction.REFUSE),
        may_assign=speaks and handoff.state in OWED_HANDOFF_STATES,
        is_awaiting=reply is not None and reply.status is ReplyStatus.AWAITING_APPROVAL,
        is_stopped=proposal.state is not State.CLASSIFIED and handoff.ended_at is None,
        is_information=handoff.purpose is HandoffPurpose.INFORMATION,
    )


def file_line(stored: StoredFile) -> FileLine:
    """Put a file into words (資料)."""
    is_clean = stored.verdict is Verdict.CLEAN
    return FileLine(
        name=stored.name,
        public_id=stored.public_id if is_clean else "",
        size=size_words(stored.size_bytes),
        verdict=verdict_label(stored),
        tone=verdict_tone(stored),
        own_id=stored.public_id,
    )


def _views(handoff: Handoff) -> list[BodyView]:
    """Views the body filed to what was released (提案団体の見解), oldest first.

    Not for a ministry that gave the case back (所管外): it reads on nothing of it.
    """
    if handoff.state is HandoffState.REFUSED:
        return []
    return [row for row in views_of(handoff.proposal) if row.filed_at is not None]


def _figures(handoff: Handoff, line: InboxLine) -> list[dict[str, str]]:
    category = handoff.proposal.category
    is_taking = handoff.state is HandoffState.SENT
    due = {"label": "受領の期限" if is_taking else "回答期限", "value": "なし"}
    if line.due:
        due |= {"value": format_date_short(line.due.date), "note": line.due.words}
        due |= {"level": line.due.level} if line.due.level in ("late", "soon") else {}
    taken = {"label": "受領", "value": "まだ"}
    if handoff.acknowledged_at:
        taken |= {"value": _day(handoff.acknowledged_at), "note": "済み"}
    shown = [due, taken]
    if category is not None:
        shown.append({"label": "分類", "value": category.code, "note": category.short_label})
    if handoff.purpose is HandoffPurpose.REQUEST:
        shown.append({"label": "回答", "value": str(handoff.round_number), "note": "回目"})
    return shown


def _destinations(handoff: Handoff) -> list[DestinationLine]:
    is_leading = handoff.part is HandoffPart.LEAD and handoff.state is not HandoffState.REFUSED
    opinions: dict[int, list[Reply]] = {}
    for reply in related_replies(handoff):
        opinions.setdefault(reply.handoff_id, []).append(reply)
    return [
        DestinationLine(
            name=row.destination.name,
            part=HANDOFF_PART_LABELS[row.part],
            is_self=row.id == handoff.id,
            badge=_badge(row) if is_leading and row.id != handoff.id else None,
            due=_owed(row) if is_leading else "",
            opinions=_sent(opinions.get(row.id, []), {}),
        )
        for row in told_handoffs(handoff.proposal)
        if row.id == handoff.id or row.state is not HandoffState.REFUSED
    ]


def _owed(handoff: Handoff) -> str:
    """Date of what a ministry owes (意見の期限), "" when it owes nothing."""
    if handoff.due_on is None or handoff.state not in OWED_HANDOFF_STATES:
        return ""
    return format_date_short(handoff.due_on)


_OPINION_BADGES: dict[HandoffState, StateBadge] = {
    HandoffState.SENT: StateBadge("受領前", "soon"),
    HandoffState.ACKNOWLEDGED: StateBadge("意見待ち", Tone.WAIT),
    HandoffState.ANSWERED: StateBadge("意見あり", Tone.DONE),
    HandoffState.SETTLED: StateBadge("完了", Tone.PLAIN),
}


def _badge(handoff: Handoff) -> StateBadge:
    """How far a related ministry is, in the words of the lead: nothing of its drafts."""
    if handoff.purpose is HandoffPurpose.INFORMATION:
        return StateBadge("情報提供", Tone.PLAIN)
    return _OPINION_BADGES[handoff.state]


def _sent(replies: list[Reply], asked: dict[int, Reexamination]) -> list[ReplyText]:
    """Sent replies round by round, each after the one it changed (回答の経緯)."""
    sent = [row for row in replies if row.status is ReplyStatus.SENT]
    texts = [None, *(row.text for row in sent)]
    return [
        ReplyText(
            reply=row,
            kind=REPLY_KIND_LABELS[row.kind] if row.kind else "",
            before=before,
            asked=asked.get(row.round_number),
            files=[file_line(file.stored_file) for file in row.files],
        )
        for row, before in zip(sent, texts, strict=False)
    ]


def _dues(handoff: Handoff) -> list[DueLine]:
    return [
        DueLine(
            set_at=row.set_at,
            term=f"{TERM_LABELS[row.term]}（{row.round_number}回目）",
            due_on=format_date(row.due_on),
            how=f"{row.office_days}開庁日" if row.office_days is not None else "日付の指定",
            reason=row.reason,
        )
        for row in handoff.dues
        if row.term in (Term.ACKNOWLEDGEMENT, Term.REPLY)
    ]


def _day(instant: datetime) -> str:
    return format_date_short(clock.to_jst(instant).date())
