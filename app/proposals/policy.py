"""Who may do what with a proposal (提案の権限). The table of states says when, this says who."""

from collections.abc import Iterable

from app.accounts.models import Organization, Role, User
from app.core import clock
from app.core.errors import NotAllowed
from app.proposals.models import Amendment, ApprovalRequest, CoProposer, Proposal
from app.proposals.queries import is_conflicted
from app.workflow.states import Action

SUBMIT_REFUSED = "提出できるのは、提案団体の管理者だけです。自団体の管理者に依頼してください。"
WITHDRAW_REFUSED = "取り下げられるのは、提案団体の管理者だけです。"
EDIT_REFUSED = "この提案を編集できるのは、提案団体の担当者と管理者だけです。"
DECIDE_LATE_REFUSED = "期限後の提出の可否を決められるのは、事務局の総括だけです。"
APPROVE_REFUSED = (
    "決裁できるのは、自団体の管理者のうち、決裁を求めた人でも最後に内容を変えた人でもない人だけ"
    "です。ほかの管理者に依頼してください。"
)
ANSWER_REFUSED = "共同提案の依頼に答えられるのは、依頼された団体の管理者だけです。"
OPEN_JOINING_REFUSED = "追加共同提案の照会を始められるのは、事務局の総括だけです。"
JOIN_REFUSED = "追加共同提案ができるのは、提案団体でも共同提案団体でもない団体の管理者だけです。"
AMEND_REFUSED = "変更を申し出られるのは、提案団体の管理者だけです。"
DECIDE_AMENDMENT_REFUSED = (
    "変更の申出を決められるのは、事務局の仕分け担当と総括で、利益相反のない人だけです。"
)


def is_own(actor: User, proposal: Proposal) -> bool:
    """Whether the proposal is one of a body the actor acts for today (自団体の提案)."""
    return acts_for(actor, proposal.organization)


def acts_for(actor: User, body: Organization) -> bool:
    """Whether the actor is of this body, or of the one it was merged into by today (P28)."""
    return body.acting_on(clock.today()).id == actor.organization_id


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


def can_approve(actor: User, proposal: Proposal, asked: ApprovalRequest) -> bool:
    """Whether the actor may approve or decline (決裁): a second manager of the body.

    Neither the one who asked nor the one who changed the text last.
    """
    last_editor_id = proposal.edited_by_id or proposal.created_by_id
    return (
        actor.has_role(Role.PROPOSER_MANAGER)
        and is_own(actor, proposal)
        and actor.id not in (asked.requested_by_id, last_editor_id)
    )


def can_answer_joint(actor: User, partner: CoProposer) -> bool:
    """Whether the actor may answer for the partner (共同提案の回答): its manager."""
    return actor.has_role(Role.PROPOSER_MANAGER) and acts_for(actor, partner.organization)


def can_open_joining(actor: User) -> bool:
    """Whether the actor may open proposals to the other bodies (追加共同提案の照会)."""
    return actor.has_role(Role.LEAD)


def can_join(actor: User, proposal: Proposal, partners: Iterable[CoProposer]) -> bool:
    """Whether the actor may join an opened proposal for its body (追加共同提案).

    `partners` are those that accepted: they propose already, as the proposing body does.
    """
    proposing = [proposal.organization, *(row.organization for row in partners)]
    is_proposing = any(acts_for(actor, body) for body in proposing)
    return actor.has_role(Role.PROPOSER_MANAGER) and not is_proposing


def can_request_amendment(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may ask to amend (変更の申出): the manager of the proposing body."""
    return actor.has_role(Role.PROPOSER_MANAGER) and is_own(actor, proposal)


def can_decide_amendment(actor: User, amendment: Amendment) -> bool:
    """Whether the actor may accept or refuse an amendment: an officer or lead without conflict."""
    is_of_desk = actor.has_role(Role.OFFICER, Role.LEAD)
    return is_of_desk and not is_conflicted(actor.id, amendment.proposal)


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
