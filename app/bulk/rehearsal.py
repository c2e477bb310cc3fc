"""What a bulk act would do (一括操作の見込み): each case is moved, and put back at once."""

from typing import NamedTuple

from app.accounts.models import User
from app.bulk.policy import authorize
from app.bulk.services.acting import ACTS, ActOnMany
from app.core.eras import format_date_short
from app.core.errors import DomainError, InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal
from app.proposals.queries import get_visible_by_id
from app.triage.queries import current_assignments
from app.workflow.labels import STATE_LABELS


class Effect(NamedTuple):
    """What would happen to one case (見込み): how it stands before and after, or why it cannot.

    `value` names the case as it was seen, id and version.
    """

    value: str
    reference: str
    title: str
    before: str
    after: str
    problem: str


class _Rehearsed(Exception):  # not an error: it ends a rehearsal
    """Ends a rehearsal, so that nothing of it stays."""


def rehearse(command: ActOnMany, *, actor: User) -> list[Effect]:
    """Find out what the act would do to each case, alone (見込み). Writes nothing.

    A case that the actor may not know of is left out. Raises NotAllowed.
    """
    authorize(actor, command.kind)
    found = [_effect(command, case, actor) for case in sorted(command.cases)]
    return [effect for effect in found if effect is not None]


def _effect(command: ActOnMany, case: tuple[int, int], actor: User) -> Effect | None:
    proposal_id, version = case
    reference = title = before = after = problem = ""
    try:
        with unit_of_work():
            proposal = get_visible_by_id(actor, proposal_id)
            reference, title, before = proposal.reference, proposal.title, _standing(proposal)
            check_version(proposal, version)
            ACTS[command.kind](proposal, command, actor)
            after = _standing(proposal)
            raise _Rehearsed
    except _Rehearsed:
        pass
    except InvalidInput as error:
        problem = "。".join(words for said in error.errors.values() for words in said)
    except DomainError as error:
        problem = error.message
    value = f"{proposal_id}-{version}"
    return Effect(value, reference, title, before, after, problem) if reference else None


def _standing(proposal: Proposal) -> str:
    """How a case stands, in words: state, reviewers, due date."""
    names = "、".join(row.reviewer.display_name for row in current_assignments(proposal))
    due = format_date_short(proposal.due_on) if proposal.due_on else ""
    words = [STATE_LABELS[proposal.state], f"担当 {names}" if names else "", due]
    return "・".join(filter(None, words))
