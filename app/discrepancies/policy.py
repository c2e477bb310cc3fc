"""Who may explain a discrepancy (食い違いを説明する権限): the secretariat, never the auditor."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed

REFUSED = "食い違いの説明を書けるのは、事務局の仕分け担当と総括だけです。"


def can_explain(actor: User) -> bool:
    """Whether the actor may write an explanation (説明)."""
    return actor.has_role(Role.OFFICER, Role.LEAD)


def authorize_explain(actor: User) -> None:
    """Refuse whoever only reads. Raises NotAllowed."""
    if not can_explain(actor):
        raise NotAllowed(REFUSED)
