"""Sending on what a ministry refused (所管外の送り直し): the new hand-off points back."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import Organization, User
from app.core.errors import IllegalTransition, InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.files.services import Received
from app.handoffs.lifecycle import check_handoff_version
from app.handoffs.models import Handoff
from app.handoffs.policy import authorize_direction, authorize_hand_off, can_direct
from app.handoffs.queries import handoffs_of, refusals_before, unrouted
from app.handoffs.services.prepare import (
    NOT_CLASSIFIED,
    add_prepared,
    destination_problem,
    part_problems,
)
from app.handoffs.services.send import send_prepared
from app.handoffs.services.sent_files import (
    file_errors,
    keep_files,
    of_case,
    own_file_errors,
    own_files_of,
)
from app.proposals.models import Proposal
from app.workflow.handoffs import HandoffState
from app.workflow.states import State

# From so many refusals on the lead decides where a case goes (たらい回しの防止).
REFUSALS_FOR_LEAD = 2
NOT_REFUSED = "送り直せるのは、所管外として返された送付だけです。"
ALREADY_REROUTED = (
    "この送付は、すでに送り直しました。送付・回答の画面を開き直して確かめてください。"
)


@dataclass(frozen=True, kw_only=True)
class Reroute:
    """Where a refused hand-off goes now (送り直し); `version` is that of the refused one.

    Of the files the secretariat had added to it, those in `kept_files` go along again.
    """

    version: int
    destination_id: int
    request_text: str
    attachment_ids: tuple[int, ...] = ()
    kept_files: tuple[int, ...] = ()
    files: Sequence[Received] = ()


def reroute(refused: Handoff, command: Reroute, *, actor: User) -> Handoff:
    """Send a refused hand-off to another destination, in the same part (所管外の送り直し).

    The new destination has its whole term before it; the total time of the case goes on. After the
    second refusal the lead decides. Raises NotAllowed, StaleVersion, IllegalTransition,
    InvalidInput.
    """
    proposal = refused.proposal
    authorize_hand_off(actor, proposal)
    check_handoff_version(refused, command.version)
    check_refused(refused, actor)
    refusals = refusals_before(refused)
    destination = db.session.get(Organization, command.destination_id)
    errors = _errors(refused, refusals, command, destination, actor)
    if errors or destination is None:
        raise InvalidInput(errors)
    again = own_files_of(refused, command.kept_files)
    handoff = add_prepared(
        Handoff(
            proposal=proposal,
            destination=destination,
            part=refused.part,
            purpose=refused.purpose,
            request_text=command.request_text,
            state=HandoffState.PREPARED,
            rerouted_from=refused,
        ),
        [*of_case(command.attachment_ids), *again, *keep_files(command.files, actor)],
        actor=actor,
        changes={"rerouted_from": refused.id},
    )
    send_prepared(handoff, actor=actor)
    return handoff


def check_refused(refused: Handoff, actor: User) -> None:
    """Refuse what cannot be sent on, or not by this actor (送り直しの条件).

    Raises IllegalTransition, NotAllowed.
    """
    if refused.state is not HandoffState.REFUSED:
        raise IllegalTransition(NOT_REFUSED)
    if refused not in unrouted(handoffs_of(refused.proposal)):
        raise IllegalTransition(ALREADY_REROUTED)
    if refused.proposal.state is not State.CLASSIFIED:
        raise IllegalTransition(NOT_CLASSIFIED)
    if len(refusals_before(refused)) >= REFUSALS_FOR_LEAD:
        authorize_direction(actor, refused.proposal)


def _errors(
    refused: Handoff,
    refusals: list[Handoff],
    command: Reroute,
    destination: Organization | None,
    actor: User,
) -> dict[str, list[str]]:
    proposal: Proposal = refused.proposal
    errors: dict[str, list[str]] = {}
    problem = destination_problem(destination)
    if problem:
        errors["destination_id"] = [problem]
    elif destination is not None:
        errors = part_problems(proposal, destination, refused.part)
        has_refused = destination.id in [row.destination_id for row in refusals]
        if has_refused and not can_direct(actor, proposal):
            errors["destination_id"] = [
                f"{destination.name}は、所管外として返しています。"
                "もう一度送るかどうかは、総括が決めます"
            ]
    if is_blank(command.request_text):
        errors["request_text"] = ["依頼文を入力してください"]
    added = len(own_files_of(refused, command.kept_files)) + len(command.files)
    files = file_errors(proposal, command.attachment_ids, actor) | own_file_errors(added)
    return errors | files
