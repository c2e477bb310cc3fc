"""Joining an opened proposal with one's own hardship case (追加共同提案)."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Endorsement, Proposal
from app.proposals.policy import JOIN_REFUSED, can_join
from app.proposals.queries import NOT_FOUND, opened_to_bodies
from app.proposals.sharing.joining import endorsement_by, window_of
from app.proposals.sharing.partners import accepted_partners_of
from app.rounds.letters import write_in_round

NOT_JOINED = "自団体は、この提案に追加共同提案をしていません。"


@dataclass(frozen=True, kw_only=True)
class Join:
    """One's own hardship case (追加共同提案).

    `replaces_id` is the endorsement the form was opened on: None for the first one.
    """

    hardship_case: str
    replaces_id: int | None = None


def join(proposal: Proposal, command: Join, *, actor: User) -> Endorsement:
    """Join an opened proposal, or change what was said (追加共同提案), while the window is open.

    Raises NotFound, NotAllowed also after the end, StaleVersion when a colleague was faster,
    InvalidInput.
    """
    _lock(proposal, actor)
    before = endorsement_by(actor, proposal)
    _check_base(before, command.replaces_id)
    if is_blank(command.hardship_case):
        raise InvalidInput({"hardship_case": ["自団体の支障事例を入力してください"]})
    if before is not None:
        before.replaced_at = clock.now()
        db.session.flush()
    joined = Endorsement(
        proposal_id=proposal.id,
        organization_id=before.organization_id if before else actor.organization_id,
        hardship_case=command.hardship_case,
        submitted_by_id=actor.id,
        submitted_at=clock.now(),
    )
    db.session.add(joined)
    db.session.flush()
    _record(joined, "proposal.change_endorsement" if before else "proposal.endorse", actor)
    if before is None:
        _tell_proposing_body(joined)
    return joined


def withdraw_endorsement(proposal: Proposal, replaces_id: int | None, *, actor: User) -> None:
    """Leave again, while the window is open (追加共同提案の取下げ).

    Raises NotFound, NotAllowed, StaleVersion, IllegalTransition.
    """
    _lock(proposal, actor)
    joined = endorsement_by(actor, proposal)
    if joined is None:
        raise IllegalTransition(NOT_JOINED)
    _check_base(joined, replaces_id)
    joined.withdrawn_at = clock.now()
    db.session.flush()
    _record(joined, "proposal.withdraw_endorsement", actor)


def _lock(proposal: Proposal, actor: User) -> None:
    """Lock the proposal, and refuse whoever may not join it now."""
    is_opened = select(Proposal.id).where(Proposal.id == proposal.id, opened_to_bodies())
    if db.session.scalar(is_opened.with_for_update()) is None:
        raise NotFound(NOT_FOUND)
    if not can_join(actor, proposal, accepted_partners_of(proposal)):
        raise NotAllowed(JOIN_REFUSED)
    window = window_of(proposal)
    if window is None or not window.is_open():
        end = f"{format_datetime(window.closes_at)}に" if window else ""
        raise NotAllowed(f"追加共同提案の照会は、{end}締め切りました。")


def _check_base(present: Endorsement | None, replaces_id: int | None) -> None:
    if (present.id if present else None) != replaces_id:
        raise StaleVersion(STALE_MESSAGE)


def _record(joined: Endorsement, verb: str, actor: User) -> None:
    proposal = joined.proposal
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    changes = {"endorsement_id": joined.id, "body": joined.organization.name}
    record(verb, subject, actor=actor, changes=changes)


def _tell_proposing_body(joined: Endorsement) -> None:
    proposal = joined.proposal
    people = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    write_in_round(
        proposal.round,
        "endorsed",
        db.session.scalars(people),
        key=f"endorsed:{joined.id}",
        path=f"/proposals/{proposal.receipt_number}",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
    )
