"""Who reports, sees, freezes and lifts (事故の報告の権限)."""

from app.accounts.models import User
from app.core.errors import NotAllowed
from app.freezes.models import Freeze
from app.incidents.handlers import HANDLERS
from app.incidents.models import Incident

FREEZE_REFUSED = (
    "凍結できるのは、報告した人、その団体の責任者、事務局の総括とシステム管理だけです。"
)
LIFT_REFUSED = (
    "凍結を解けるのは、凍結した人とは別の、事務局の総括かシステム管理だけです。"
    "ほかの人に依頼してください。"
)
HANDLE_REFUSED = "事故への対応を記録できるのは、事務局の総括とシステム管理だけです。"


def is_responsible(actor: User, incident: Incident) -> bool:
    """Whether the actor answers for personal data in the body concerned (責任者)."""
    return incident.organization.responsible_id == actor.id


def can_handle(actor: User) -> bool:
    """Whether the actor notes what is done about incidents (対応の記録)."""
    return actor.has_role(*HANDLERS)


def can_freeze(actor: User, incident: Incident) -> bool:
    """Whether the actor may freeze what a report names (凍結): quickly, and undone by another."""
    concerned = actor.id == incident.reported_by_id or is_responsible(actor, incident)
    return incident.closed_at is None and (concerned or can_handle(actor))


def can_lift(actor: User, freeze: Freeze) -> bool:
    """Whether the actor may lift a freeze (凍結の解除): never the one who froze (P29)."""
    return can_handle(actor) and actor.id != freeze.frozen_by_id


def authorize_freeze(actor: User, incident: Incident) -> None:
    """Refuse whoever may not freeze. Raises NotAllowed."""
    if not can_freeze(actor, incident):
        raise NotAllowed(FREEZE_REFUSED)


def authorize_lift(actor: User, freeze: Freeze) -> None:
    """Refuse whoever is not the second person. Raises NotAllowed."""
    if not can_lift(actor, freeze):
        raise NotAllowed(LIFT_REFUSED)


def authorize_handle(actor: User) -> None:
    """Refuse whoever does not handle incidents. Raises NotAllowed."""
    if not can_handle(actor):
        raise NotAllowed(HANDLE_REFUSED)
