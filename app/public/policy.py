"""Who may put a case before the public (公表の権限): two people, the second one a lead (P29)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.proposals.models import Proposal, Publication
from app.proposals.policy import is_own
from app.proposals.queries import is_conflicted

OFFICER_ONLY = "公表の写しを作れるのは、利益相反のない仕分け担当と総括だけです。"
LEAD_ONLY = "公表と取りやめができるのは、利益相反のない総括だけです。"
OWN_COPY = "自分が作った写しは公表できません。ほかの総括に依頼してください。"
MANAGER_ONLY = "公表の同意を登録できるのは、提案した団体の管理者だけです。"


def can_prepare(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may make a public copy of a case (公表の写しの作成)."""
    return actor.has_role(Role.OFFICER, Role.LEAD) and not is_conflicted(actor.id, proposal)


def is_second_person(actor: User, publication: Publication) -> bool:
    """Whether the actor is a lead who did not make this copy (作った人とは別の総括)."""
    return actor.has_role(Role.LEAD) and actor.id != publication.prepared_by_id


def can_publish(actor: User, publication: Publication) -> bool:
    """Whether the actor is the second person for this copy, without a conflict (公表)."""
    return can_withdraw(actor, publication.proposal) and is_second_person(actor, publication)


def can_withdraw(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may take a case back from the public (公表の取りやめ)."""
    return actor.has_role(Role.LEAD) and not is_conflicted(actor.id, proposal)


def can_consent(actor: User, proposal: Proposal) -> bool:
    """Whether the actor speaks for the body that proposed (公表の同意)."""
    return actor.has_role(Role.PROPOSER_MANAGER) and is_own(actor, proposal)


def authorize_prepare(actor: User, proposal: Proposal) -> None:
    """Refuse whoever may not make a copy. Raises NotAllowed."""
    if not can_prepare(actor, proposal):
        raise NotAllowed(OFFICER_ONLY)


def authorize_publish(actor: User, publication: Publication) -> None:
    """Refuse whoever is not the second person. Raises NotAllowed."""
    if not can_withdraw(actor, publication.proposal):
        raise NotAllowed(LEAD_ONLY)
    if not can_publish(actor, publication):
        raise NotAllowed(OWN_COPY)


def authorize_withdraw(actor: User, proposal: Proposal) -> None:
    """Refuse whoever may not take a case back. Raises NotAllowed."""
    if not can_withdraw(actor, proposal):
        raise NotAllowed(LEAD_ONLY)


def authorize_consent(actor: User, proposal: Proposal) -> None:
    """Refuse whoever does not speak for the body. Raises NotAllowed."""
    if not can_consent(actor, proposal):
        raise NotAllowed(MANAGER_ONLY)
