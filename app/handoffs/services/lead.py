"""Another ministry in the lead of a case (主管の変更): the history of both stays."""

from dataclasses import dataclass
from enum import StrEnum

from app.accounts.models import Organization, User
from app.core.errors import IllegalTransition, InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.handoffs.lifecycle import check_handoff_version, record_handoff
from app.handoffs.models import Handoff, HandoffFile
from app.handoffs.policy import authorize_direction
from app.handoffs.queries import open_handoffs
from app.handoffs.services.prepare import NOT_CLASSIFIED, add_prepared, destination_problem
from app.handoffs.services.recall import take_back_handoff
from app.handoffs.services.send import send_prepared, write_about
from app.proposals.models import Proposal
from app.workflow.handoffs import (
    TOLD_HANDOFF_STATES,
    HandoffPart,
    HandoffPurpose,
    HandoffState,
)
from app.workflow.states import State

NO_LEAD = (
    "主管への送付がないため、主管を変更できません。所管外として返されたときは、送り直してください。"
)


class FormerLead(StrEnum):
    """What becomes of the ministry that was in the lead (前の主管)."""

    RELATED = "related"
    RECALLED = "recalled"


@dataclass(frozen=True, kw_only=True)
class ChangeLead:
    """Another destination in the lead (主管の変更); `version` is that of the lead's hand-off.

    One that has an open hand-off of the case already is moved up; to another one the case is sent
    with `request_text`, or prepared where nothing was sent yet.
    """

    version: int
    destination_id: int
    former: FormerLead | None
    reason: str
    request_text: str = ""


def current_lead(proposal: Proposal) -> Handoff | None:
    """Return the open hand-off of the ministry in the lead (今の主管), None without one."""
    return next((row for row in open_handoffs(proposal) if row.part is HandoffPart.LEAD), None)


def change_lead(lead: Handoff, command: ChangeLead, *, actor: User) -> Handoff:
    """Put another destination in the lead and tell both (主管の変更); returns the new lead's.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    proposal = lead.proposal
    authorize_direction(actor, proposal)
    check_handoff_version(lead, command.version)
    if proposal.state is not State.CLASSIFIED:
        raise IllegalTransition(NOT_CLASSIFIED)
    if lead is not current_lead(proposal):
        raise IllegalTransition(NO_LEAD)
    destination = db.session.get(Organization, command.destination_id)
    related = _open_at(proposal, command.destination_id)
    errors = _errors(lead, command, destination, related)
    if errors or destination is None:
        raise InvalidInput(errors)
    was_told = lead.state in TOLD_HANDOFF_STATES
    _step_down(lead, command, actor)
    if related is not None:
        _move_up(related)
        new_lead = related
    else:
        new_lead = _hand_to(destination, lead, command, actor=actor, is_sent=was_told)
    record_handoff(
        new_lead,
        "change_lead",
        actor=actor,
        reason=command.reason,
        changes={"former_destination": lead.destination.name},
    )
    return new_lead


def _open_at(proposal: Proposal, destination_id: int) -> Handoff | None:
    rows = open_handoffs(proposal)
    return next((row for row in rows if row.destination_id == destination_id), None)


def _step_down(lead: Handoff, command: ChangeLead, actor: User) -> None:
    if command.former is FormerLead.RECALLED:
        take_back_handoff(lead, command.reason, actor=actor)
        return
    lead.part = HandoffPart.RELATED
    # The unique index allows one open lead: the old one makes room first.
    db.session.flush()
    _tell_part(lead)


def _move_up(related: Handoff) -> None:
    related.part, related.purpose = HandoffPart.LEAD, HandoffPurpose.REQUEST
    db.session.flush()
    _tell_part(related)


def _tell_part(handoff: Handoff) -> None:
    if handoff.state in TOLD_HANDOFF_STATES:
        write_about(handoff, "handoff_part_changed")


def _hand_to(
    destination: Organization, lead: Handoff, command: ChangeLead, *, actor: User, is_sent: bool
) -> Handoff:
    files = [
        HandoffFile(attachment_id=row.attachment_id, stored_file_id=row.stored_file_id)
        for row in lead.files
    ]
    handoff = add_prepared(
        Handoff(
            proposal=lead.proposal,
            destination=destination,
            part=HandoffPart.LEAD,
            purpose=HandoffPurpose.REQUEST,
            request_text=command.request_text,
            state=HandoffState.PREPARED,
        ),
        files,
        actor=actor,
        reason=command.reason,
    )
    if is_sent:
        send_prepared(handoff, actor=actor)
    return handoff


def _errors(
    lead: Handoff,
    command: ChangeLead,
    destination: Organization | None,
    related: Handoff | None,
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    problem = destination_problem(destination)
    if problem:
        errors["destination_id"] = [problem]
    elif related is lead:
        errors["destination_id"] = [f"{lead.destination.name}は、今の主管です"]
    elif related is None and is_blank(command.request_text):
        errors["request_text"] = ["新しい主管への依頼文を入力してください"]
    if command.former is None:
        errors["former"] = ["前の主管をどうするか選んでください"]
    elif command.former is FormerLead.RECALLED and lead.state is HandoffState.ANSWERED:
        errors["former"] = [
            f"{lead.destination.name}は回答しているため取り下げられません。関係として残してください"
        ]
    if is_blank(command.reason):
        errors["reason"] = ["主管を変更する理由を入力してください"]
    return errors
