"""Who may save and change saved lists (保存した一覧の権限): the owner alone changes one."""

from app.accounts.models import User
from app.core.errors import NotAllowed
from app.saved_lists.kinds import TAKERS, kinds_for
from app.saved_lists.models import ListKind, SavedList
from app.saved_lists.queries import has_left

SAVE_REFUSED = "この一覧は、あなたの役割では開けないため、保存できません。"
CHANGE_REFUSED = (
    "この一覧を変えられるのは、保存した本人だけです。「写して自分の一覧にする」を使ってください。"
)
TAKE_REFUSED = (
    "引き継げるのは、保存した人が異動・退職した共有の一覧だけで、総括・団体の管理者・府省庁の窓口"
    "担当が行います。"
)


def authorize_save(actor: User, kind: ListKind) -> None:
    """Refuse whoever cannot open such a list. Raises NotAllowed."""
    if kind not in kinds_for(actor):
        raise NotAllowed(SAVE_REFUSED)


def authorize_change(actor: User, saved: SavedList) -> None:
    """Refuse anybody but the owner. Raises NotAllowed."""
    if saved.owner_id != actor.id:
        raise NotAllowed(CHANGE_REFUSED)


def may_take_over(actor: User, saved: SavedList) -> bool:
    """Whether the actor can become the owner of a list whose owner has left (引継ぎ)."""
    return saved.is_shared and actor.has_role(*TAKERS) and has_left(saved)


def authorize_take_over(actor: User, saved: SavedList) -> None:
    """Refuse while the owner is there, and whoever does not lead. Raises NotAllowed."""
    if not may_take_over(actor, saved):
        raise NotAllowed(TAKE_REFUSED)
