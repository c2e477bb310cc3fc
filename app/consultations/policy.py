"""Who may do what with a thread (事前相談の権限)."""

from app.accounts.models import Role, User
from app.consultations.models import Consultation
from app.core.errors import NotAllowed
from app.proposals.policy import acts_for
from app.proposals.queries import BODY_ROLES

ASK_REFUSED = "事前相談を書けるのは、提案団体の担当者と管理者だけです。"
ANSWER_REFUSED = "事前相談に回答できるのは、事務局の仕分け担当と総括だけです。"


def can_ask(actor: User, consultation: Consultation | None = None) -> bool:
    """Whether the actor may ask, add to a thread of its body, or make a draft of it (相談)."""
    if not actor.has_role(*BODY_ROLES):
        return False
    return consultation is None or acts_for(actor, consultation.organization)


def can_answer(actor: User) -> bool:
    """Whether the actor may answer, end and take up threads (回答); others cannot see them."""
    return actor.has_role(Role.OFFICER, Role.LEAD)


def authorize_ask(actor: User, consultation: Consultation | None = None) -> None:
    """Refuse an actor who may not ask for this body. Raises NotAllowed."""
    if not can_ask(actor, consultation):
        raise NotAllowed(ASK_REFUSED)


def authorize_answer(actor: User) -> None:
    """Refuse an actor who may not answer. Raises NotAllowed."""
    if not can_answer(actor):
        raise NotAllowed(ANSWER_REFUSED)
