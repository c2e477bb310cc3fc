"""Finding sent replies and views (送付された回答・見解の検索): from what the actor may see."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, select

from app.accounts.models import User
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.extensions import db
from app.files.models import StoredFile
from app.handoffs.models import BodyView, Handoff, Reply, ReplyFile
from app.proposals.models import Proposal
from app.proposals.queries import SECRETARIAT_ROLES, proposals_visible_to, visible_to
from app.rounds.models import Round
from app.workflow.handoffs import HandoffState, ReplyKind, ReplyStatus

REPLY_NOT_FOUND = "この回答は見つかりません。回答の確認の一覧から開いてください。"
FILE_NOT_FOUND = "このファイルは見つかりません。提案の画面から開いてください。"
VIEW_NOT_ASKED = "この提案に、提出を待っている見解はありません。"
# Its reply counts no more: the destination sent the case back, or was relieved of it.
ENDED_WITHOUT = (HandoffState.REFUSED, HandoffState.RECALLED)


class ReplyStanding(StrEnum):
    """How far a sent reply is with the secretariat (回答の取扱い)."""

    UNSETTLED = "unsettled"
    UNRELEASED = "unreleased"
    RELEASED = "released"


REPLY_STANDING_LABELS = {
    ReplyStanding.UNSETTLED: "未確定",
    ReplyStanding.UNRELEASED: "未公開",
    ReplyStanding.RELEASED: "公開済み",
}


@dataclass(frozen=True, kw_only=True)
class ReplyFilter:
    """What the list of replies is narrowed to (一覧の条件)."""

    ministry_id: int | None = None
    category_id: int | None = None
    kind: ReplyKind | None = None
    standing: ReplyStanding | None = None


def sent_replies_for(actor: User, round_: Round) -> Select[Reply]:
    """Replies of a round that the secretariat reads (送付された回答), in no order yet."""
    allowed = visible_to(actor) if actor.has_role(*SECRETARIAT_ROLES) else Proposal.id.is_(None)
    return (
        select(Reply)
        .join(Reply.handoff)
        .join(Handoff.proposal)
        .where(Reply.status == ReplyStatus.SENT, Proposal.round_id == round_.id, allowed)
    )


def narrowed(statement: Select[Reply], chosen: ReplyFilter) -> Select[Reply]:
    """Narrow the list of replies (絞込み)."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.ministry_id is not None:
        conditions.append(Handoff.destination_id == chosen.ministry_id)
    if chosen.category_id is not None:
        conditions.append(Proposal.category_id == chosen.category_id)
    if chosen.kind is not None:
        conditions.append(Reply.kind == chosen.kind)
    if chosen.standing is not None:
        conditions.append(_STANDINGS[chosen.standing])
    return statement.where(*conditions)


_STANDINGS: dict[ReplyStanding, ColumnElement[bool]] = {
    ReplyStanding.UNSETTLED: Handoff.state == HandoffState.ANSWERED,
    ReplyStanding.UNRELEASED: Reply.release_id.is_(None),
    ReplyStanding.RELEASED: Reply.release_id.is_not(None),
}


def get_sent_reply(actor: User, reply_id: int) -> Reply:
    """Return a sent reply that the secretariat may read. Raises NotFound."""
    found = db.session.get(Reply, reply_id)
    is_inner = actor.has_role(*SECRETARIAT_ROLES)
    if found is None or found.status is not ReplyStatus.SENT or not is_inner:
        raise NotFound(REPLY_NOT_FOUND)
    if not _is_visible(actor, found.handoff.proposal_id):
        raise NotFound(REPLY_NOT_FOUND)
    note_read("proposal", found.handoff.proposal_id)
    return found


def get_reply_file(actor: User, public_id: str) -> StoredFile:
    """Return a file of a reply (回答の添付): to bodies only once it was released (P26).

    Raises NotFound.
    """
    found = db.session.scalars(
        select(ReplyFile).join(ReplyFile.stored_file).where(StoredFile.public_id == public_id)
    ).one_or_none()
    reply = db.session.get(Reply, found.reply_id) if found else None
    if found is None or reply is None or not _may_read(actor, reply):
        raise NotFound(FILE_NOT_FOUND)
    return found.stored_file


def _may_read(actor: User, reply: Reply) -> bool:
    if not _is_visible(actor, reply.handoff.proposal_id):
        return False
    if actor.has_role(*SECRETARIAT_ROLES):
        return reply.status is ReplyStatus.SENT
    return reply.release_id is not None


def _is_visible(actor: User, proposal_id: int) -> bool:
    seen = proposals_visible_to(actor).where(Proposal.id == proposal_id)
    return bool(db.session.scalar(select(exists(seen.with_only_columns(Proposal.id)))))


def last_views(proposal_ids: list[int]) -> dict[int, BodyView]:
    """The latest view of each case (最後の見解), by case id."""
    rows = db.session.scalars(
        select(BodyView)
        .where(BodyView.proposal_id.in_(proposal_ids))
        .order_by(BodyView.proposal_id, BodyView.number)
    )
    return {row.proposal_id: row for row in rows}
