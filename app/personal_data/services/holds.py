"""Cases that are kept for now (廃棄の保留)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotFound
from app.extensions import db
from app.personal_data.models import ErasureHold, HoldGround
from app.personal_data.policy import authorize_write
from app.personal_data.queries import is_held_now
from app.proposals.queries import get_visible

HELD_ALREADY = "この提案は、もう保留しています"
LIFTED_ALREADY = "この保留は、もう解かれています。"


@dataclass(frozen=True, kw_only=True)
class PlaceHold:
    """A case to be kept, and why (廃棄の保留)."""

    receipt_number: str
    ground: HoldGround
    reason: str


def place_hold(command: PlaceHold, *, actor: User) -> ErasureHold:
    """Keep a case as it is until somebody lifts the hold (廃棄の保留).

    Raises NotAllowed, InvalidInput at `receipt_number` for one the actor may not know of.
    """
    authorize_write(actor)
    try:
        proposal = get_visible(actor, command.receipt_number)
    except NotFound as error:
        raise InvalidInput({"receipt_number": [error.message]}) from error
    if is_held_now(proposal.id):
        raise InvalidInput({"receipt_number": [HELD_ALREADY]})
    hold = ErasureHold(
        proposal_id=proposal.id,
        ground=command.ground,
        reason=command.reason,
        placed_by_id=actor.id,
        placed_at=clock.now(),
        lift_reason="",
    )
    db.session.add(hold)
    db.session.flush()
    _record(hold, "proposal.place_erasure_hold", actor, command.reason)
    return hold


def lift_hold(hold: ErasureHold, reason: str, *, actor: User) -> None:
    """Let a case go its way again (保留の解除). Raises NotAllowed, IllegalTransition."""
    authorize_write(actor)
    if hold.lifted_at is not None:
        raise IllegalTransition(LIFTED_ALREADY)
    hold.lifted_by_id = actor.id
    hold.lifted_at = clock.now()
    hold.lift_reason = reason
    _record(hold, "proposal.lift_erasure_hold", actor, reason)


def _record(hold: ErasureHold, verb: str, actor: User, reason: str) -> None:
    subject = Subject(type="proposal", id=hold.proposal_id)
    record(verb, subject, actor=actor, reason=reason, changes={"ground": hold.ground.value})
