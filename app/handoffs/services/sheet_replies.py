"""Replies from a sheet (回答の表の取込み): the same acts as on the screen, all or none."""

from collections.abc import Sequence
from typing import NamedTuple

from app.accounts.models import User
from app.audit.services import Subject, record
from app.handoffs.lifecycle import check_handoff_version
from app.handoffs.models import Handoff
from app.handoffs.services.draft import SaveReply, Seen, save_reply
from app.handoffs.services.send_reply import send_reply


class SheetReply(NamedTuple):
    """One changed row of a sheet (変更のある行)."""

    handoff: Handoff
    reply: SaveReply


def take_replies(rows: Sequence[SheetReply], *, sends: bool, actor: User) -> None:
    """Keep the replies of a sheet as drafts, or send them at once (回答の表の取込み), all or none.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    # Always in the order of the cases: two who bring the same ones never wait for each other.
    for handoff, command in sorted(rows, key=lambda row: (row[0].proposal_id, row[0].id)):
        check_handoff_version(handoff, handoff.version)
        reply = save_reply(handoff, command, actor=actor)
        if sends:
            send_reply(handoff, Seen(reply.round_number, reply.version), actor=actor)


def note_sheet(handoffs: Sequence[Handoff], *, actor: User) -> None:
    """Record who took which hand-offs out as a sheet (出力の記録, P22)."""
    body = actor.organization
    record(
        "organization.export_reply_sheet",
        Subject(type="organization", id=body.id),
        actor=actor,
        changes={"handoffs": [row.id for row in handoffs]},
    )
