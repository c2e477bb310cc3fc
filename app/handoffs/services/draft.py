"""Writing a reply inside the ministry (回答の作成): its draft, its approval (窓口の確認)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotFound, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.files.services import Received, keep
from app.handoffs.desk_policy import (
    authorize_coordinator,
    authorize_write,
    check_draft,
    check_writable,
)
from app.handoffs.lifecycle import record_handoff
from app.handoffs.models import Handoff, Reply, ReplyFile
from app.handoffs.queries import current_reply
from app.handoffs.received import FILE_NOT_FOUND
from app.handoffs.recipients import coordinators_of
from app.handoffs.reply_rules import check_complete
from app.handoffs.services.ministry_letters import tell_ministry
from app.workflow.handoffs import HandoffPart, ReplyKind, ReplyStatus

FILES_OF_REPLY = 10
NOT_ASKED = "窓口の確認を求めた回答だけを戻せます。画面を開き直してください。"
NO_DRAFT = "回答がまだ書かれていません。先に下書きを保存してください。"


class Seen(NamedTuple):
    """What of a reply was on the screen (見ていた回答): its round, its version (0: none yet)."""

    round_number: int
    version: int


@dataclass(frozen=True, kw_only=True)
class SaveReply:
    """A draft as it stands (回答の下書き): nothing has to be complete.

    `why_different` says why the kind is another one than in an earlier round (前回と違う理由), for
    the lead alone; None leaves what is there.
    """

    seen: Seen
    kind: ReplyKind | None
    text: str
    planned_on: date | None
    files: Sequence[Received] = ()
    why_different: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReturnReply:
    """Giving a reply back to who wrote it (担当に戻す), and what to change."""

    seen: Seen
    note: str


def check_seen(handoff: Handoff, seen: Seen) -> Reply | None:
    """Lock a hand-off; return the reply of its running round. Raises StaleVersion.

    Of a reply only its own version counts: a date the secretariat changes meanwhile does not cost
    the writer the text.
    """
    db.session.execute(select(Handoff.id).where(Handoff.id == handoff.id).with_for_update())
    db.session.refresh(handoff)
    reply = current_reply(handoff)
    if reply is not None:
        db.session.refresh(reply)
    present = Seen(handoff.round_number, reply.version if reply else 0)
    if present != seen:
        raise StaleVersion(STALE_MESSAGE)
    return reply


def save_reply(handoff: Handoff, command: SaveReply, *, actor: User) -> Reply:
    """Keep a draft of the reply (下書き保存). Its files are added to those it has.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_write(actor, handoff)
    reply = check_seen(handoff, command.seen)
    check_writable(handoff)
    check_draft(reply)
    if len(command.files) + (len(reply.files) if reply else 0) > FILES_OF_REPLY:
        raise InvalidInput({"files": [f"回答の添付は、合わせて{FILES_OF_REPLY}個までです"]})
    if reply is None:
        reply = Reply(handoff=handoff, round_number=handoff.round_number, status=ReplyStatus.DRAFT)
        db.session.add(reply)
    reply.kind, reply.text, reply.planned_on = command.kind, command.text, command.planned_on
    if command.why_different is not None and handoff.part is HandoffPart.LEAD:
        reply.why_different = command.why_different or None
    reply.drafted_by, reply.drafted_at = actor, clock.now()
    reply.files += [ReplyFile(stored_file=keep(row, actor=actor)) for row in command.files]
    db.session.flush()
    digests = {"sha256": [row.sha256 for row in command.files]} if command.files else {}
    record_handoff(handoff, "draft_reply", actor=actor, changes=_which(reply) | digests)
    return reply


def remove_file(handoff: Handoff, seen: Seen, public_id: str, *, actor: User) -> None:
    """Take a file off a draft (添付を外す).

    Raises NotAllowed, StaleVersion, IllegalTransition, NotFound.
    """
    authorize_write(actor, handoff)
    reply = check_seen(handoff, seen)
    check_writable(handoff)
    check_draft(reply)
    files = reply.files if reply else []
    found = next((row for row in files if row.stored_file.public_id == public_id), None)
    if reply is None or found is None:
        raise NotFound(FILE_NOT_FOUND)
    reply.files.remove(found)
    reply.drafted_by, reply.drafted_at = actor, clock.now()
    db.session.flush()
    changes = _which(reply) | {"sha256": [found.stored_file.sha256]}
    record_handoff(handoff, "remove_reply_file", actor=actor, changes=changes)


def ask_approval(handoff: Handoff, seen: Seen, *, actor: User) -> None:
    """Ask the coordinators to look at a complete reply and send it (窓口に確認を頼む).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_write(actor, handoff)
    reply = check_seen(handoff, seen)
    check_writable(handoff)
    check_draft(reply)
    if reply is None:
        raise IllegalTransition(NO_DRAFT)
    check_complete(reply)
    reply.status, reply.return_note = ReplyStatus.AWAITING_APPROVAL, ""
    reply.drafted_by, reply.drafted_at = actor, clock.now()
    db.session.flush()
    record_handoff(handoff, "ask_reply_approval", actor=actor, changes=_which(reply))
    told = [user for user in coordinators_of(handoff.destination) if user.id != actor.id]
    tell_ministry(handoff, "reply_approval_asked", told, key=_key(reply))


def take_back_reply(handoff: Handoff, seen: Seen, *, actor: User) -> None:
    """Make a reply that waits for approval a draft again (下書きに戻す), to change it oneself.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_write(actor, handoff)
    reply = _awaiting(handoff, seen)
    reply.status = ReplyStatus.DRAFT
    db.session.flush()
    record_handoff(handoff, "take_back_reply", actor=actor, changes=_which(reply))


def return_reply(handoff: Handoff, command: ReturnReply, *, actor: User) -> None:
    """Give a reply back to who wrote it, with a note (担当に戻す).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_coordinator(actor, handoff)
    reply = _awaiting(handoff, command.seen)
    if is_blank(command.note):
        raise InvalidInput({"note": ["直してほしいことを入力してください"]})
    reply.status, reply.return_note = ReplyStatus.DRAFT, command.note
    db.session.flush()
    record_handoff(handoff, "return_reply", actor=actor, changes=_which(reply))
    if reply.drafted_by_id != actor.id:
        tell_ministry(handoff, "reply_returned", [reply.drafted_by], key=_key(reply))


def _awaiting(handoff: Handoff, seen: Seen) -> Reply:
    reply = check_seen(handoff, seen)
    check_writable(handoff)
    if reply is None or reply.status is not ReplyStatus.AWAITING_APPROVAL:
        raise IllegalTransition(NOT_ASKED)
    return reply


def _which(reply: Reply) -> dict[str, object]:
    return {"reply_id": reply.id, "round_number": reply.round_number}


def _key(reply: Reply) -> str:
    return f"{reply.round_number}:{reply.version}"
