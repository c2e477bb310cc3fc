"""Who may change a saved list (保存した一覧の権限): its owner alone."""

from app.accounts.models import User
from app.core.errors import NotAllowed
from app.proposals.presentation import reads_as_secretariat
from app.saved_lists.models import SavedList

SAVE_REFUSED = "一覧を保存できるのは、事務局の利用者だけです。"
CHANGE_REFUSED = (
    "この一覧を変えられるのは、保存した本人だけです。開いてから、自分の一覧として保存してください。"
)


def authorize_save(actor: User) -> None:
    """Refuse whoever sees no list of all cases. Raises NotAllowed."""
    if not reads_as_secretariat(actor):
        raise NotAllowed(SAVE_REFUSED)


def authorize_change(actor: User, saved: SavedList) -> None:
    """Refuse anybody but the owner. Raises NotAllowed."""
    if saved.owner_id != actor.id:
        raise NotAllowed(CHANGE_REFUSED)
