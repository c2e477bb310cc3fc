"""The list of sent replies of a round (回答の確認の一覧), and what a release would show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Row, Select, and_, case, func, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Organization, User
from app.answers.earlier import kind_words
from app.answers.queries import (
    REPLY_STANDING_LABELS,
    ReplyFilter,
    ReplyStanding,
    last_views,
    narrowed,
    sent_replies_for,
)
from app.answers.releasable import CAN_BE_RELEASED, why_not_released, why_not_yet
from app.answers.told import ToldReply, told_reply
from app.core.clock import to_jst
from app.core.eras import format_date_short
from app.core.numbered_pages import Key, read_numbered
from app.extensions import db
from app.handoffs.models import BodyView, Handoff, Reply
from app.proposals.models import Proposal
from app.rounds.models import Category, Round
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    HANDOFF_STATE_LABELS,
    REPLY_KIND_LABELS,
    HandoffState,
    ReplyKind,
)

LONGEST_NUMBER = 9
PAGE_SIZE = 100
BY_CASE = (
    Key(Proposal.receipt_sequence, int),
    Key(Proposal.branch_number, int),
    Key(Handoff.id, int),
    Key(Reply.round_number, int),
)
# A release is one page: more are released in several acts.
MOST_RELEASED = 300

Options = list[tuple[str, str]]
# Replies of one destination and class: how many, not settled, free to be released, released.
Counted = Row[int, int | None, int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class ReplyRow:
    """One sent reply in the list (回答の行)."""

    reply: Reply
    proposal: Proposal
    ministry: str
    part: str
    kind: str
    settled: str
    released: str
    why_not: str
    view: str


@dataclass(frozen=True, kw_only=True)
class ReplyList:
    """The list of replies of a round (回答の確認の一覧)."""

    rows: list[ReplyRow]
    # Of the round, and of those what the filter leaves.
    total: int
    found: int
    # What the addresses of the pages beside it say.
    previous_page: Mapping[str, str] | None
    next_page: Mapping[str, str] | None
    asked: Mapping[str, str]
    ministries: Options
    categories: Options
    kinds: Options
    standings: Options
    figures: list[dict[str, object]]


class BodyPreview(NamedTuple):
    """What one body will read of one case (団体が読む内容)."""

    proposal: Proposal
    replies: list[ToldReply]


@dataclass(frozen=True, kw_only=True)
class ReleasePreview:
    """What a release would show, and what keeps it back (公開の確認)."""

    replies: list[Reply]
    bodies: list[BodyPreview]
    refused: list[tuple[Reply, str]]

    @property
    def chosen(self) -> str:
        """The replies with the versions that were read, as the form sends them."""
        return " ".join(f"{reply.id}:{reply.version}" for reply in self.replies)

    @property
    def body_count(self) -> int:
        """How many bodies will read something (団体数)."""
        return len({row.proposal.organization_id for row in self.bodies})


def reply_list(actor: User, round_: Round, asked: Mapping[str, str]) -> ReplyList:
    """Read the sent replies of a round that an address asks for (回答の確認の一覧)."""
    everything = sent_replies_for(actor, round_)
    counted = _counted(everything)
    total = sum(row.replies for row in counted)
    narrowing = _filter(asked)
    chosen = narrowed(everything, narrowing)
    found = total if narrowing == ReplyFilter() else _count(chosen)
    page = read_numbered(
        chosen.options(selectinload(Reply.release)), BY_CASE, asked, size=PAGE_SIZE, total=found
    )
    views = last_views([reply.handoff.proposal_id for reply in page.rows])
    return ReplyList(
        rows=[_row(reply, views.get(reply.handoff.proposal_id)) for reply in page.rows],
        total=total,
        found=found,
        previous_page=page.previous,
        next_page=page.next,
        asked=asked,
        ministries=_ministries(counted),
        categories=_categories(counted),
        kinds=[(kind.value, label) for kind, label in REPLY_KIND_LABELS.items()],
        standings=[(row.value, label) for row, label in REPLY_STANDING_LABELS.items()],
        figures=_figures(counted),
    )


def release_preview(actor: User, round_: Round, ids: Sequence[int]) -> ReleasePreview:
    """What a release of these replies would show to whom (公開の確認)."""
    found = list(
        db.session.scalars(
            sent_replies_for(actor, round_)
            .where(Reply.id.in_(list(ids)[:MOST_RELEASED]))
            .order_by(Handoff.proposal_id, Handoff.id)
        )
    )
    refused = [(reply, why) for reply in found if (why := why_not_released(actor, reply))]
    kept_back = {reply.id for reply, _ in refused}
    free = [reply for reply in found if reply.id not in kept_back]
    cases: dict[int, BodyPreview] = {}
    for reply in free:
        proposal = reply.handoff.proposal
        cases.setdefault(proposal.id, BodyPreview(proposal, [])).replies.append(told_reply(reply))
    return ReleasePreview(replies=free, bodies=list(cases.values()), refused=refused)


def _filter(asked: Mapping[str, str]) -> ReplyFilter:
    kind, standing = asked.get("kind", ""), asked.get("standing", "")
    return ReplyFilter(
        ministry_id=_number(asked.get("ministry", "")),
        category_id=_number(asked.get("category", "")),
        kind=ReplyKind(kind) if kind in list(ReplyKind) else None,
        standing=ReplyStanding(standing) if standing in list(ReplyStanding) else None,
    )


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


def _row(reply: Reply, view: BodyView | None) -> ReplyRow:
    handoff = reply.handoff
    return ReplyRow(
        reply=reply,
        proposal=handoff.proposal,
        ministry=handoff.destination.name,
        part=HANDOFF_PART_LABELS[handoff.part],
        kind=kind_words(reply),
        settled="確定" if handoff.state is HandoffState.SETTLED else _open_words(reply),
        released=format_date_short(to_jst(reply.release.released_at).date())
        if reply.release
        else "",
        why_not=why_not_yet(reply),
        view=_view_words(view) if reply.release_id is not None else "",
    )


def _open_words(reply: Reply) -> str:
    is_newest = reply.round_number == reply.handoff.round_number
    if not is_newest:
        return "再検討を要請"
    is_answered = reply.handoff.state is HandoffState.ANSWERED
    return "未確定" if is_answered else HANDOFF_STATE_LABELS[reply.handoff.state]


def _view_words(view: BodyView | None) -> str:
    if view is None:
        return ""
    if view.filed_at is not None:
        return "提出済み" if view.text else "見解なし"
    return "待たずに進行" if view.lapsed_at else f"{format_date_short(view.due_on)}まで"


def _counted(everything: Select[Reply]) -> Sequence[Counted]:
    """The sent replies counted by destination and class (回答の件数): no row for each of them."""
    groups = (Handoff.destination_id, Proposal.category_id)
    is_unsettled = and_(
        Handoff.state == HandoffState.ANSWERED, Reply.round_number == Handoff.round_number
    )
    figures = (
        func.count().label("replies"),
        func.count(case((is_unsettled, Reply.id))).label("unsettled"),
        func.count(case((CAN_BE_RELEASED, Reply.id))).label("unreleased"),
        func.count(Reply.release_id).label("released"),
    )
    statement = everything.with_only_columns(*groups, *figures).group_by(*groups)
    return db.session.execute(statement).all()


def _count(chosen: Select[Reply]) -> int:
    return db.session.scalar(chosen.with_only_columns(func.count())) or 0


def _ministries(counted: Sequence[Counted]) -> Options:
    ids = {row.destination_id for row in counted}
    rows = db.session.execute(
        select(Organization.id, Organization.name)
        .where(Organization.id.in_(ids))
        .order_by(Organization.id)
    )
    return [(str(row.id), row.name) for row in rows]


def _categories(counted: Sequence[Counted]) -> Options:
    ids = {row.category_id for row in counted} - {None}
    rows = db.session.scalars(select(Category).where(Category.id.in_(ids)).order_by(Category.code))
    return [(str(row.id), f"{row.code}　{row.short_label}") for row in rows]


def _figures(counted: Sequence[Counted]) -> list[dict[str, object]]:
    labels = (
        ("送付された回答", "replies"),
        ("未確定", "unsettled"),
        ("公開できる", "unreleased"),
        ("公開済み", "released"),
    )
    return [
        {"label": label, "value": sum(getattr(row, name) for row in counted), "unit": "件"}
        for label, name in labels
    ]
