"""Who may do what with a proposal (提案の権限). The table of states says when, this says who."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.proposals.models import Proposal
from app.workflow.states import Action

SUBMIT_REFUSED = "提出できるのは、提案団体の管理者だけです。自団体の管理者に依頼してください。"
WITHDRAW_REFUSED = "取り下げられるのは、提案団体の管理者だけです。"
EDIT_REFUSED = "この提案を編集できるのは、提案団体の担当者と管理者だけです。"
DECIDE_LATE_REFUSED = "期限後の提出の可否を決められるのは、事務局の総括だけです。"


def is_own(actor: User, proposal: Proposal) -> bool:
    """Whether the proposal is one of the actor's body (自団体の提案)."""
    return proposal.organization_id == actor.organization_id


def can_draft(actor: User) -> bool:
    """Whether the actor may start a proposal for its body (下書きの作成)."""
    return actor.has_role(Role.PROPOSER, Role.PROPOSER_MANAGER)


def can_edit(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may change the text, if its state allows it (編集)."""
    return can_draft(actor) and is_own(actor, proposal)


def can_submit(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may submit (提出): the manager of the proposing body."""
    return actor.has_role(Role.PROPOSER_MANAGER) and is_own(actor, proposal)


def can_withdraw(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may withdraw (取下げ): the manager of the proposing body."""
    return actor.has_role(Role.PROPOSER_MANAGER) and is_own(actor, proposal)


def can_decide_late(actor: User) -> bool:
    """Whether the actor may accept or refuse a late submission (期限後受付の可否)."""
    return actor.has_role(Role.LEAD)


POLICIES = {Action.SUBMIT: can_submit, Action.WITHDRAW: can_withdraw}
REFUSALS = {Action.SUBMIT: SUBMIT_REFUSED, Action.WITHDRAW: WITHDRAW_REFUSED}


def authorize(actor: User, action: Action, proposal: Proposal) -> None:
    """Refuse, in words, an actor who may not do this. Raises NotAllowed."""
    if not POLICIES[action](actor, proposal):
        raise NotAllowed(REFUSALS[action])


def authorize_edit(actor: User, proposal: Proposal) -> None:
    """Refuse an actor who may not change the text. Raises NotAllowed."""
    if not can_edit(actor, proposal):
        raise NotAllowed(EDIT_REFUSED)
