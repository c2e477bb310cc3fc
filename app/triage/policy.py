"""Who may do what with a case at the secretariat (仕分けの権限)."""

from collections.abc import Callable

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.proposals import policy as proposals_policy
from app.proposals.models import Proposal
from app.proposals.queries import is_conflicted
from app.triage.deputies import person_acted_for
from app.triage.queries import awaits_lead, disputed_assessments, is_assigned, open_assessment
from app.workflow.machine import actions_from
from app.workflow.states import Action

OFFICER_ONLY = "この操作ができるのは、事務局の仕分け担当と総括だけです。"
LEAD_ONLY = "この操作ができるのは、事務局の総括だけです。"
OWN_ASSESSMENT = "自分の仕分け意見は確認できません。ほかの担当者に依頼してください。"
NOT_ASSIGNED = "仕分け意見を登録できるのは、この提案の担当者だけです。"
LEAD_DECIDES = "異議が2回付いたため、総括が決めます。意見を述べていない総括だけが決められます。"
CONFLICTED = "利益相反があるため、この提案は扱えません。"


def can_work(actor: User, proposal: Proposal) -> bool:
    """Whether the actor is an officer or a lead free of conflicts (仕分け担当)."""
    return actor.has_role(Role.OFFICER, Role.LEAD) and not is_conflicted(actor.id, proposal)


def can_lead(actor: User, proposal: Proposal) -> bool:
    """Whether the actor is a lead free of conflicts (総括)."""
    return actor.has_role(Role.LEAD) and not is_conflicted(actor.id, proposal)


def can_assess(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may give an opinion (仕分け意見): the assigned officer, or the deputy.

    After a second dispute the lead decides, as a third person who has not spoken yet.
    """
    if awaits_lead(proposal):
        return can_lead(actor, proposal) and actor.id not in _speakers(proposal)
    return can_work(actor, proposal) and (
        is_assigned(actor, proposal) or person_acted_for(actor, proposal) is not None
    )


def can_decline(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may give the case back (担当の返上): its reviewer, not the deputy."""
    return can_work(actor, proposal) and is_assigned(actor, proposal)


def can_confirm(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may confirm or dispute (二次確認・異議): never one's own opinion.

    An opinion given by a deputy is that of both, the deputy and the person stood in for.
    """
    if not can_work(actor, proposal):
        return False
    waiting = open_assessment(proposal)
    return waiting is None or actor.id not in (waiting.author_id, waiting.acting_for_id)


def can_hold(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may put the case off or take it up again (ペンディング)."""
    return can_work(actor, proposal)


def _speakers(proposal: Proposal) -> set[int]:
    spoken: set[int] = set()
    for assessment in disputed_assessments(proposal):
        spoken.add(assessment.author_id)
        if assessment.acting_for_id is not None:
            spoken.add(assessment.acting_for_id)
        if assessment.decision is not None:
            spoken.add(assessment.decision.decided_by_id)
    return spoken


Policy = Callable[[User, Proposal], bool]

POLICIES: dict[Action, Policy] = {
    Action.SUBMIT: proposals_policy.can_submit,
    Action.WITHDRAW: proposals_policy.can_withdraw,
    Action.RETURN_FOR_CORRECTION: can_work,
    Action.ACCEPT: can_work,
    Action.ASSIGN: can_lead,
    Action.ASSESS: can_assess,
    Action.CONFIRM: can_confirm,
    Action.DISPUTE: can_confirm,
    Action.HOLD: can_hold,
    Action.RESUME: can_hold,
    Action.RECLASSIFY: can_lead,
    Action.CLOSE: can_lead,
    Action.REOPEN: can_lead,
}
LEAD_ACTIONS = (Action.ASSIGN, Action.RECLASSIFY, Action.CLOSE, Action.REOPEN)


def authorize(actor: User, action: Action, proposal: Proposal) -> None:
    """Refuse, in words, an actor who may not do this: the third gate. Raises NotAllowed."""
    if not POLICIES[action](actor, proposal):
        raise NotAllowed(refusal(actor, action, proposal))


def refusal(actor: User, action: Action, proposal: Proposal) -> str:
    """Why the actor may not do this, in words (できない理由)."""
    if action in proposals_policy.REFUSALS:
        return proposals_policy.REFUSALS[action]
    if not actor.has_role(Role.OFFICER, Role.LEAD):
        return OFFICER_ONLY
    if is_conflicted(actor.id, proposal):
        return CONFLICTED
    if action in LEAD_ACTIONS:
        return LEAD_ONLY
    if action is Action.ASSESS:
        return LEAD_DECIDES if awaits_lead(proposal) else NOT_ASSIGNED
    return OWN_ASSESSMENT


def available_actions(actor: User, proposal: Proposal) -> tuple[Action, ...]:
    """Actions the actor may do with the case now: arrows out of its state ∩ policies (操作一覧)."""
    scheme = proposal.round.scheme.view()
    return tuple(
        action
        for action in actions_from(proposal.state_name, scheme=scheme)
        if POLICIES[action](actor, proposal)
    )
