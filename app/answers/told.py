"""What a body reads after a release (提案者への回答): replies, what comes next, its view."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from flask import url_for

from app.accounts.models import User
from app.answers.earlier import kind_words
from app.answers.policy import can_file_view, can_write_view
from app.core import clock
from app.core.eras import format_date_short
from app.files.labels import size_words, verdict_label
from app.handoffs.models import BodyView, Reply
from app.handoffs.queries import awaited_view, released_replies, released_replies_of, views_of
from app.proposals.models import Proposal
from app.proposals.presentation import Due, due_on
from app.workflow.handoffs import HANDOFF_PART_LABELS, HandoffPart
from app.workflow.states import FollowUp, State


class FileLink(NamedTuple):
    """A file of a reply (回答の添付)."""

    name: str
    url: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ToldReply:
    """A released reply as the body reads it (公開された回答): no name of a person."""

    ministry: str
    part: str
    round_number: int
    kind: str
    text: str
    planned_on: date | None
    why_different: str
    files: list[FileLink]
    released_at: datetime


class ToldView(NamedTuple):
    """A view that was filed, or not waited for (見解)."""

    number: int
    text: str
    filed_at: datetime | None
    words: str


@dataclass(frozen=True, kw_only=True)
class ToldAnswer:
    """The answer to a body so far (提案者への回答), for one reader.

    `awaited` is the date of the view that the body owes, `view_url` where this reader writes it.
    """

    replies: list[ToldReply]
    views: list[ToldView]
    next_lines: list[str]
    awaited: Due | None
    view_url: str | None
    can_file: bool


def told_answer(proposal: Proposal, reader: User) -> ToldAnswer | None:
    """Put together what was released of a case (提案者への回答), None before any release."""
    replies = released_replies_of(proposal)
    if not replies:
        return None
    waiting = awaited_view(proposal)
    mine = can_write_view(reader, proposal)
    return ToldAnswer(
        replies=[told_reply(reply) for reply in replies],
        views=[_told_view(row) for row in views_of(proposal) if _is_over(row)],
        next_lines=next_lines(proposal, replies, waiting),
        awaited=_due_of_view(waiting) if waiting else None,
        view_url=(
            url_for("answers.write_view", receipt_number=proposal.receipt_number)
            if waiting and mine
            else None
        ),
        can_file=can_file_view(reader, proposal),
    )


def told_reply(reply: Reply) -> ToldReply:
    """A reply as the body reads, or will read it (団体が読む回答)."""
    released = reply.release.released_at if reply.release else clock.now()
    return ToldReply(
        ministry=reply.handoff.destination.name,
        part=HANDOFF_PART_LABELS[reply.handoff.part],
        round_number=reply.round_number,
        kind=kind_words(reply),
        text=reply.text,
        planned_on=reply.planned_on,
        why_different=(reply.why_different or "").strip(),
        files=file_links(reply),
        released_at=released,
    )


def file_links(reply: Reply) -> list[FileLink]:
    """Files of a reply with the way to them (回答の添付)."""
    return [
        FileLink(
            row.stored_file.name,
            url_for("answers.download_file", public_id=row.stored_file.public_id),
            f"{size_words(row.stored_file.size_bytes)}・{verdict_label(row.stored_file)}",
        )
        for row in reply.files
    ]


def next_lines(proposal: Proposal, replies: Sequence[Reply], waiting: BodyView | None) -> list[str]:
    """What happens next with a case, and by when (これからのこと), for its body."""
    found: list[str] = []
    if waiting is not None:
        found.append(
            f"提案団体が{format_date_short(waiting.due_on)}までに見解を出します（見解なしでも"
            "出してください）。見解を受けて、事務局が回答を確定するか、府省庁に再検討を要請します。"
        )
    elif proposal.state is not State.CLOSED:
        found.append("事務局が回答を確認しています。確定すると、結果をこの画面でお知らせします。")
    found += [
        f"{reply.handoff.destination.name}の予定日は{format_date_short(reply.planned_on)}です。"
        for reply in _latest(replies)
        if reply.planned_on is not None and reply.planned_on >= clock.today()
    ]
    if proposal.category is not None:
        found.append(FOLLOW_UP_WORDS[proposal.category.follow_up])
    return found


FOLLOW_UP_WORDS: dict[FollowUp, str] = {
    FollowUp.INFORM: "関係する取組を担当する府省庁に、提案の内容を伝えています。",
    FollowUp.OTHER_PROCESS: "別の手続（提案募集など）の中で検討が続きます。",
    FollowUp.HANDOFF: "制度やシステムを所管する府省庁が、回答に沿って対応を進めます。",
    FollowUp.TRIGGER: "新たな課題や技術が生じたときに、もう一度検討します。",
    FollowUp.REVISIT: "効果を見極める日に、もう一度検討します。",
    FollowUp.CANDIDATE: "共通化の対象候補として、国・地方の協議の場で検討します。",
    FollowUp.REFERENCE: "今後の検討の参考にします。",
}


def released_lines(proposal_id: int) -> list[ToldReply]:
    """The latest released replies of a case (公開された回答), for the memory of earlier rounds.

    For whoever reads the case: the page that asks has judged that.
    """
    return [told_reply(reply) for reply in _latest(released_replies([proposal_id]))]


def promise_words(planned_on: date | None) -> str:
    """What became of a planned date as of today (予定日の状況)."""
    if planned_on is None:
        return "予定日なし"
    words = format_date_short(planned_on)
    return f"予定日 {words}（過ぎています）" if planned_on < clock.today() else f"予定日 {words}"


def _latest(replies: Sequence[Reply]) -> list[Reply]:
    latest = {reply.handoff_id: reply for reply in replies}
    return sorted(
        latest.values(),
        key=lambda row: (row.handoff.part is not HandoffPart.LEAD, row.handoff_id),
    )


def _is_over(view: BodyView) -> bool:
    return view.filed_at is not None or view.lapsed_at is not None


def _told_view(view: BodyView) -> ToldView:
    if view.filed_at is None:
        return ToldView(view.number, "", None, "見解を待たずに進めました")
    return ToldView(view.number, view.text, view.filed_at, "" if view.text else "見解なし")


def _due_of_view(view: BodyView) -> Due:
    body = view.proposal.organization.acting_on(clock.today())
    return due_on(view.due_on, body.calendar())
