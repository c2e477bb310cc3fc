"""Who may read and change the registers (台帳の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed

# Those who also read the cases that cite a row.
CASE_READERS = (Role.OFFICER, Role.LEAD, Role.AUDITOR)
READERS = (*CASE_READERS, Role.ADMIN)
EDITORS = (Role.LEAD, Role.ADMIN)
EDIT_REFUSED = (
    "台帳を変えられるのは、事務局の総括とシステム管理だけです。直すところを伝えてください。"
)


def can_edit(actor: User) -> bool:
    """Whether the actor may change the registers (台帳の編集)."""
    return actor.has_role(*EDITORS)


def authorize_edit(actor: User) -> None:
    """Refuse anybody who may not change the registers. Raises NotAllowed."""
    if not can_edit(actor):
        raise NotAllowed(EDIT_REFUSED)
