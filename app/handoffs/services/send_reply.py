"""Sending a reply to the secretariat (回答の送付): from here on its text is locked."""

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition
from app.extensions import db
from app.handoffs.desk_policy import authorize_coordinator, check_writable
from app.handoffs.lifecycle import check_handoff_version, move_handoff
from app.handoffs.models import Handoff
from app.handoffs.reply_rules import check_complete
from app.handoffs.services.draft import NO_DRAFT, Seen, check_seen
from app.handoffs.services.ministry_letters import leads, office_of, tell_office
from app.handoffs.services.reply_parts import reply_parts
from app.transfers.models import TransferKind
from app.transfers.services import open_transfer
from app.workflow.handoffs import HandoffAction, ReplyStatus


def send_reply(handoff: Handoff, seen: Seen, *, actor: User) -> None:
    """Send the reply of the running round as it was seen (回答を送る).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_coordinator(actor, handoff)
    # Locks the case first, as every step of a hand-off does.
    check_handoff_version(handoff, handoff.version)
    reply = check_seen(handoff, seen)
    check_writable(handoff)
    if reply is None:
        raise IllegalTransition(NO_DRAFT)
    check_complete(reply)
    reply.status, reply.return_note = ReplyStatus.SENT, ""
    reply.sent_by_id, reply.sent_at = actor.id, clock.now()
    db.session.flush()
    move_handoff(
        handoff,
        HandoffAction.ANSWER,
        actor=actor,
        changes={"reply_id": reply.id, "round_number": reply.round_number},
    )
    open_transfer(
        TransferKind.REPLY,
        handoff.proposal,
        reply.id,
        reply_parts(reply),
        from_body_id=handoff.destination_id,
        actor=actor,
    )
    told = {user.id: user for user in [*office_of(handoff), *leads()]}
    tell_office(handoff, "reply_sent", told.values(), key=str(reply.round_number))
