"""Who may bring proposals in (取込みの権限)."""

from app.accounts.models import User
from app.core.errors import NotAllowed
from app.exchange.models import ImportRun
from app.proposals.policy import can_draft

IMPORT_REFUSED = "取り込めるのは、提案団体の担当者と管理者だけです。"


def can_import(actor: User) -> bool:
    """Whether the actor may bring proposals in for its body (取込み)."""
    return can_draft(actor)


def authorize_import(actor: User, run: ImportRun | None = None) -> None:
    """Refuse anybody who may not import, or not this import. Raises NotAllowed."""
    is_own = run is None or run.organization_id == actor.organization_id
    if not (can_import(actor) and is_own):
        raise NotAllowed(IMPORT_REFUSED)
