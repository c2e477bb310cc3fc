"""The gate of the freezes (凍結の関門): a frozen link answers 404, on every node, at once.

Asked before every view, from the database of that moment. The session of the reader already says
whether anything is frozen at all, so that a page pays for this gate only while something is.
"""

from typing import Any

from flask import Flask, g, request
from sqlalchemy import Select, select

from app.core.errors import NotFound
from app.extensions import db
from app.freezes.models import FrozenKind
from app.freezes.queries import is_frozen
from app.handoffs.models import Handoff, Reply
from app.proposals.models import Amendment, ApprovalRequest, CoProposer, Proposal, Publication
from app.transfers.models import Transfer

# What in an address names a case by its number, and by the id of another row.
NUMBERS = ("receipt_number", "other")
OWNERS: dict[str, Any] = {
    "handoff_id": Handoff,
    "amendment_id": Amendment,
    "approval_id": ApprovalRequest,
    "partner_id": CoProposer,
    "publication_id": Publication,
}
# Where readers meet a letter to many; its desk stays open to those who look into it.
LETTER_PAGES = frozenset({"mailings.letter"})


def init_freezes(app: Flask) -> None:
    """Put the gate before every view (凍結の関門); after that of the roles."""
    app.before_request(stop_frozen)


def stop_frozen() -> None:
    """Raise NotFound for an address that leads to something frozen (凍結)."""
    arguments = request.view_args or {}
    if not arguments or not g.get("meets_freezes", True) or request.endpoint == "static":
        return
    numbers = [str(arguments[name]) for name in NUMBERS if name in arguments]
    numbers += [number for number in map(_number_of, arguments.items()) if number]
    if numbers and is_frozen(FrozenKind.CASE, *numbers):
        raise NotFound
    if request.endpoint in LETTER_PAGES and _is_letter_frozen(arguments):
        raise NotFound


def _number_of(argument: tuple[str, Any]) -> str | None:
    """Receipt number of the case that a part of an address leads to, None for any other part."""
    name, value = argument
    number = select(Proposal.receipt_number)
    statement: Select[str | None] | None = None
    if name == "transfer_number":
        of_transfer = number.join(Transfer, Transfer.proposal_id == Proposal.id)
        statement = of_transfer.where(Transfer.number == value)
    elif not isinstance(value, int):
        return None
    elif name == "proposal_id":
        statement = number.where(Proposal.id == value)
    elif name == "reply_id":
        of_handoff = number.join(Handoff, Handoff.proposal_id == Proposal.id)
        of_reply = of_handoff.join(Reply, Reply.handoff_id == Handoff.id)
        statement = of_reply.where(Reply.id == value)
    elif name in OWNERS:
        owner = OWNERS[name]
        statement = number.join(owner, owner.proposal_id == Proposal.id).where(owner.id == value)
    return db.session.scalar(statement) if statement is not None else None


def _is_letter_frozen(arguments: dict[str, Any]) -> bool:
    return "mailing_id" in arguments and is_frozen(FrozenKind.MAILING, str(arguments["mailing_id"]))
