"""Replies of a case for the secretariat (回答の確認): round by round, with what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from flask import url_for

from app.accounts.models import User
from app.answers.earlier import EarlierReply, departure, earlier_replies, kind_words
from app.answers.policy import can_examine
from app.answers.releasable import why_not_yet
from app.answers.told import FileLink, ToldReply, file_links, promise_words, told_reply
from app.core import clock
from app.core.difference import Piece, difference
from app.core.eras import format_datetime
from app.handoffs.models import BodyView, Handoff, Reexamination, Reply
from app.handoffs.queries import awaited_view, handoffs_of, reexaminations_of, replies_of, views_of
from app.proposals.models import Proposal
from app.proposals.presentation import Due, due_on, reads_as_secretariat
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    HANDOFF_STATE_LABELS,
    HandoffAction,
    ReplyStatus,
    handoff_actions_from,
)


class ReplyAct(NamedTuple):
    """Something that can be done with a reply (操作)."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class PanelReply:
    """A sent reply of one round (回答): text locked, with the difference to the round before."""

    reply_id: int
    round_number: int
    asked: str
    kind: str
    text: str
    pieces: list[Piece]
    planned_on: date | None
    promise: str
    why_different: str
    differs_from: str
    files: list[FileLink]
    sent_at: datetime | None
    sent_by: str
    standing: str
    tone: str
    why_not: str
    released_at: datetime | None
    acts: list[ReplyAct]


@dataclass(frozen=True, kw_only=True)
class PanelHandoff:
    """One destination with its sent replies, the latest first (府省庁ごとの回答)."""

    destination: str
    part: str
    state: str
    replies: list[PanelReply]
    waiting: str


@dataclass(frozen=True, kw_only=True)
class PanelView:
    """A view the body was asked for (見解), as the secretariat reads it once it is filed."""

    number: int
    text: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ReplyPanel:
    """Replies and views of a case for a reader of the secretariat (回答の確認)."""

    handoffs: list[PanelHandoff]
    views: list[PanelView]
    awaited: Due | None
    go_on_url: str | None
    overview_url: str
    earlier: list[tuple[Proposal, ToldReply]]


def reply_panel(proposal: Proposal, reader: User) -> ReplyPanel | None:
    """Replies of a case with what the reader can do (回答の確認): None for who reads none.

    What a ministry is still writing is not shown.
    """
    if not reads_as_secretariat(reader):
        return None
    waiting = awaited_view(proposal)
    is_examiner = can_examine(reader, proposal)
    earlier = earlier_replies(reader, proposal)
    lapses = waiting is not None and waiting.due_on < clock.today() and is_examiner
    return ReplyPanel(
        handoffs=[
            _handoff(row, earlier, is_examiner)
            for row in handoffs_of(proposal)
            if _sent(row) or reexaminations_of(row)
        ],
        views=[_view(row) for row in views_of(proposal)],
        awaited=due_on(waiting.due_on) if waiting else None,
        go_on_url=(
            url_for("answers.go_on", receipt_number=proposal.receipt_number) if lapses else None
        ),
        overview_url=url_for("answers.overview", round=proposal.round.key),
        earlier=[(row.proposal, told_reply(row.reply)) for row in earlier],
    )


def _sent(handoff: Handoff) -> list[Reply]:
    return [row for row in replies_of(handoff) if row.status is ReplyStatus.SENT]


def _handoff(handoff: Handoff, earlier: Sequence[EarlierReply], is_examiner: bool) -> PanelHandoff:
    sent = _sent(handoff)
    asked = {row.round_number: row for row in reexaminations_of(handoff)}
    before: dict[int, Reply] = {row.round_number + 1: row for row in sent}
    replies = [
        _reply(row, earlier, asked.get(row.round_number), before.get(row.round_number), is_examiner)
        for row in reversed(sent)
    ]
    open_round = asked.get(handoff.round_number)
    is_waiting = open_round is not None and handoff.round_number not in [
        row.round_number for row in sent
    ]
    return PanelHandoff(
        destination=handoff.destination.name,
        part=HANDOFF_PART_LABELS[handoff.part],
        state=HANDOFF_STATE_LABELS[handoff.state],
        replies=replies,
        waiting=open_round.text if open_round is not None and is_waiting else "",
    )


def _reply(
    reply: Reply,
    earlier: Sequence[EarlierReply],
    asked: Reexamination | None,
    before: Reply | None,
    is_examiner: bool,
) -> PanelReply:
    departed = departure(reply, earlier)
    differs_from = (
        f"{departed.proposal.reference}では「{kind_words(departed.reply)}」でした"
        if departed
        else ""
    )
    standing, tone = _standing(reply)
    return PanelReply(
        reply_id=reply.id,
        round_number=reply.round_number,
        asked=asked.text if asked else "",
        kind=kind_words(reply),
        text=reply.text,
        pieces=difference(before.text, reply.text) if before else [],
        planned_on=reply.planned_on,
        promise=promise_words(reply.planned_on),
        why_different=(reply.why_different or "").strip(),
        differs_from=differs_from,
        files=file_links(reply),
        sent_at=reply.sent_at,
        sent_by=reply.sent_by.label if reply.sent_by else "",
        standing=standing,
        tone=tone,
        released_at=reply.release.released_at if reply.release else None,
        why_not="" if reply.release is not None else why_not_yet(reply),
        acts=_acts(reply, is_departing=departed is not None) if is_examiner else [],
    )


def _standing(reply: Reply) -> tuple[str, str]:
    if reply.release is not None:
        return "公開済み", "done"
    return "未公開", "plain" if why_not_yet(reply) else "wait"


def _acts(reply: Reply, *, is_departing: bool) -> list[ReplyAct]:
    handoff = reply.handoff
    possible = handoff_actions_from(handoff.state, handoff.purpose)
    acts: list[ReplyAct] = []
    if reply.round_number == handoff.round_number:
        if HandoffAction.SETTLE in possible:
            acts.append(ReplyAct("回答を確定する", _url("settle", reply)))
        if HandoffAction.REEXAMINE in possible:
            acts.append(ReplyAct("再検討を要請する", _url("reexamine", reply)))
    if is_departing and reply.release_id is None:
        acts.append(ReplyAct("前回と違う理由を書く", _url("explain_difference", reply)))
    return acts


def _url(page: str, reply: Reply) -> str:
    return url_for(f"answers.{page}", reply_id=reply.id)


def _view(view: BodyView) -> PanelView:
    if view.filed_at is not None:
        words = f"{format_datetime(view.filed_at)}に提出"
        return PanelView(number=view.number, text=view.text or "見解なし", words=words)
    words = "見解を待たずに進めました" if view.lapsed_at else "提出を待っています"
    return PanelView(number=view.number, text="", words=words)
