"""Who may act on many cases at once, and take it back (一括操作の権限)."""

from app.accounts.models import Role, User
from app.bulk.models import BulkAct, BulkKind
from app.core.errors import NotAllowed

KIND_ROLES: dict[BulkKind, tuple[Role, ...]] = {
    BulkKind.ASSIGN: (Role.LEAD,),
    BulkKind.HOLD: (Role.OFFICER, Role.LEAD),
    BulkKind.RESUME: (Role.OFFICER, Role.LEAD),
}
REFUSED = "この操作をまとめて行えるのは、事務局の仕分け担当と総括（割当は総括）だけです。"
UNDO_REFUSED = (
    "まとめて行った操作を取り消せるのは、行った本人が、同じログインの間だけです。"
    "提案ごとの画面から、1件ずつ直してください。"
)


def kinds_for(actor: User) -> list[BulkKind]:
    """Acts that this actor may do on many cases (選べる操作)."""
    return [kind for kind, allowed in KIND_ROLES.items() if actor.has_role(*allowed)]


def authorize(actor: User, kind: BulkKind) -> None:
    """Refuse an actor who may not do this on many cases. Raises NotAllowed."""
    if kind not in kinds_for(actor):
        raise NotAllowed(REFUSED)


def can_undo(actor: User, act: BulkAct, session_key: str) -> bool:
    """Whether the actor may take it back: itself, and in the sign-in it was done in (C9)."""
    return act.undone_at is None and act.actor_id == actor.id and act.session_key == session_key


def authorize_undo(actor: User, act: BulkAct, session_key: str) -> None:
    """Refuse whoever may not take it back. Raises NotAllowed."""
    if not can_undo(actor, act, session_key):
        raise NotAllowed(UNDO_REFUSED)
