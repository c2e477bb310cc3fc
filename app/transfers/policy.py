"""Who receives what was handed over (受領の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.proposals.policy import is_own
from app.proposals.queries import BODY_ROLES, is_conflicted
from app.transfers.models import Transfer

REFUSED = "受領できるのは、受け取った側の担当者と管理者（事務局は仕分け担当と総括）だけです。"


def can_confirm(actor: User, transfer: Transfer) -> bool:
    """Whether the actor receives it for the side it was handed to (受領)."""
    if transfer.to_body_id is not None:
        return actor.has_role(*BODY_ROLES) and is_own(actor, transfer.proposal)
    is_desk = actor.has_role(Role.OFFICER, Role.LEAD)
    return is_desk and not is_conflicted(actor.id, transfer.proposal)


def authorize_confirm(actor: User, transfer: Transfer) -> None:
    """Refuse who is not on the receiving side. Raises NotAllowed."""
    if not can_confirm(actor, transfer):
        raise NotAllowed(REFUSED)
