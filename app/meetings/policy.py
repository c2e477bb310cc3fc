"""Who may run a meeting and record what it decided (会議の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.meetings.models import AgendaItem, ItemOutcome
from app.proposals.models import Proposal
from app.triage.blindness import hides_class
from app.triage.policy import can_assess, can_lead
from app.workflow.states import State

RUN_REFUSED = "会議を開き、記録できるのは、事務局の仕分け担当と総括だけです。"
PROPOSE_REFUSED = (
    "会議の決定を仕分け意見として登録できるのは、この提案の担当者か、総括だけです。"
    "担当者か総括が記録するか、「記録だけ残す」を選んでください。"
)

UNREAD_REFUSED = (
    "この議題の記録は、自分の意見を登録した後に読めます（独立した2人目）。"
    "書き直すのは、意見を登録した後にしてください。"
)


def can_run(actor: User) -> bool:
    """Whether the actor may make meetings and record them (会議の進行)."""
    return actor.has_role(Role.OFFICER, Role.LEAD)


def can_record(actor: User, item: AgendaItem) -> bool:
    """Whether the actor may write the record of an item (議題の記録): no decision stands in it.

    Who may not read what stands there yet (独立した2人目) would write over it unread.
    """
    is_unread = item.recorded_at is not None and hides_class(actor, item.proposal)
    return can_run(actor) and item.outcome is not ItemOutcome.PROPOSED and not is_unread


def can_propose(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may turn the decision into an opinion (会議の決定の登録).

    A reviewer of the case may, and a lead, who is made a reviewer by it. An opinion that waits for
    its second person is confirmed or disputed on its own page.
    """
    if proposal.state is State.IN_REVIEW:
        return can_assess(actor, proposal) or can_lead(actor, proposal)
    return proposal.state is State.ACCEPTED and can_lead(actor, proposal)


def authorize_record(actor: User, item: AgendaItem) -> None:
    """Refuse whoever may not write over a record unread. Raises NotAllowed."""
    if not can_record(actor, item):
        raise NotAllowed(UNREAD_REFUSED)


def authorize_run(actor: User) -> None:
    """Refuse whoever may not run a meeting. Raises NotAllowed."""
    if not can_run(actor):
        raise NotAllowed(RUN_REFUSED)


def authorize_propose(actor: User, proposal: Proposal) -> None:
    """Refuse whoever may not register the decision. Raises NotAllowed."""
    if not can_propose(actor, proposal):
        raise NotAllowed(PROPOSE_REFUSED)
