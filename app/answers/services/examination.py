"""Examining replies (回答の確認): settled, examined again, or explained."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.answers.policy import authorize_examine
from app.audit.services import Subject
from app.core import clock
from app.core.eras import format_date_short
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.handoffs.lifecycle import check_handoff_version, move_handoff, record_handoff
from app.handoffs.models import Handoff, Reexamination, Reply
from app.handoffs.queries import awaited_view, current_reply
from app.handoffs.recipients import coordinators_of
from app.rounds.letters import write_in_round
from app.transfers.models import TransferKind
from app.transfers.services import receive_by_act
from app.workflow.handoffs import HandoffAction, ReplyStatus, next_handoff_state

TEXT_LIMIT = 1000  # characters
VIEW_AWAITED = (
    "公開した回答への団体の見解を待っています。見解が出てから、または期限の後に「見解を待たずに"
    "進める」を選んでから、回答を確定してください。"
)
RELEASED = "公開した回答の「前回と違う理由」は変えられません。"


@dataclass(frozen=True, kw_only=True)
class Reexamine:
    """Request to examine again (再検討要請); without a date the term of the round counts."""

    version: int
    text: str
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Settle:
    """Settling a reply (回答の確定), with a note for the secretariat."""

    version: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ExplainDifference:
    """Why a reply differs from an earlier one (前回と違う理由); `version` of the reply."""

    version: int
    text: str


def reexamine(handoff: Handoff, command: Reexamine, *, actor: User) -> Reexamination:
    """Ask the ministry to examine its reply again (再検討要請): opens the next reply round.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_examine(actor, handoff.proposal)
    check_handoff_version(handoff, command.version)
    next_handoff_state(handoff.state, HandoffAction.REEXAMINE, handoff.purpose)
    _check_request(command)
    asked = Reexamination(
        handoff_id=handoff.id,
        round_number=handoff.round_number + 1,
        text=command.text,
        asked_by_id=actor.id,
        asked_at=clock.now(),
    )
    db.session.add(asked)
    move_handoff(
        handoff,
        HandoffAction.REEXAMINE,
        actor=actor,
        announced_on=command.due_on,
        changes={"reply_round": asked.round_number},
    )
    _receive(handoff, actor)
    _tell_ministry(handoff)
    return asked


def settle(handoff: Handoff, command: Settle, *, actor: User) -> None:
    """Settle the reply of a hand-off (回答の確定): nothing more is asked of the ministry.

    It can be settled before its release; once released, after the view of the body. Raises
    NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_examine(actor, handoff.proposal)
    check_handoff_version(handoff, command.version)
    next_handoff_state(handoff.state, HandoffAction.SETTLE, handoff.purpose)
    reply = current_reply(handoff)
    is_released = reply is not None and reply.release_id is not None
    if is_released and awaited_view(handoff.proposal) is not None:
        raise IllegalTransition(VIEW_AWAITED)
    move_handoff(handoff, HandoffAction.SETTLE, actor=actor, reason=command.note)
    _receive(handoff, actor)


def _receive(handoff: Handoff, actor: User) -> None:
    """Take the replies of a hand-off as received (応答による受領): they were read."""
    ids = db.session.scalars(select(Reply.id).where(Reply.handoff_id == handoff.id)).all()
    receive_by_act(TransferKind.REPLY, handoff.proposal, actor=actor, source_ids=ids)


def explain_difference(reply: Reply, command: ExplainDifference, *, actor: User) -> None:
    """Write why a reply differs from the one of an earlier round (前回と違う理由).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_examine(actor, reply.handoff.proposal)
    check_reply_version(reply, command.version)
    if reply.status is not ReplyStatus.SENT or reply.release_id is not None:
        raise IllegalTransition(RELEASED)
    if is_blank(command.text):
        raise InvalidInput({"text": ["前回と違う理由を入力してください"]})
    _check_length("text", command.text)
    reply.why_different = command.text
    db.session.flush()
    record_handoff(reply.handoff, "explain_difference", actor=actor)


def check_reply_version(reply: Reply, version: int) -> None:
    """Lock a reply; refuse a command made from an older version of it (P05).

    Raises StaleVersion.
    """
    present = db.session.scalar(select(Reply.version).where(Reply.id == reply.id).with_for_update())
    if not reply.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def _check_request(command: Reexamine) -> None:
    if is_blank(command.text):
        raise InvalidInput({"text": ["何を再検討してほしいかを入力してください"]})
    _check_length("text", command.text)
    if command.due_on is not None and command.due_on <= clock.today():
        raise InvalidInput({"due_on": ["回答の期限は、明日以後の日を入力してください"]})


def _check_length(field: str, text: str) -> None:
    over = count_characters(text) - TEXT_LIMIT
    if over > 0:
        words = f"{TEXT_LIMIT:,}文字以内で入力してください（{over}文字超えています）"
        raise InvalidInput({field: [words]})


def _tell_ministry(handoff: Handoff) -> None:
    """Tell the coordinators, and whoever answers it (窓口・省内の担当), on pages and by letter."""
    proposal = handoff.proposal
    people = coordinators_of(handoff.destination)
    if handoff.assignee is not None and handoff.assignee not in people:
        people.append(handoff.assignee)
    write_in_round(
        proposal.round,
        "reexamination_asked",
        people,
        key=f"reexamination_asked:{handoff.id}:{handoff.round_number}",
        path=f"/handoffs/{handoff.id}",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
        due_on=format_date_short(handoff.due_on) if handoff.due_on else "",
    )
