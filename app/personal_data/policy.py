"""Who writes and who approves an erasure (廃棄の権限): never the same person (P29)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.personal_data.models import DisposalList, ErasurePlan

WRITERS = (Role.OFFICER, Role.LEAD)
WRITE_REFUSED = "個人情報の廃棄を扱えるのは、事務局の仕分け担当と総括だけです。"
LEAD_ONLY = "個人情報の廃棄を承認できるのは、事務局の総括だけです。"
OWN_PLAN = "計画を書いた人は承認できません。ほかの総括に依頼してください。"
OWN_REQUEST = "廃棄を申請した人は承認できません。ほかの総括に依頼してください。"
MEDIA_REFUSED = "媒体・写しの廃棄簿に書けるのは、事務局の仕分け担当、総括、システム管理だけです。"


def can_write(actor: User) -> bool:
    """Whether the actor may write plans and holds, and ask for an erasure (廃棄の申請)."""
    return actor.has_role(*WRITERS)


def can_approve_plan(actor: User, plan: ErasurePlan) -> bool:
    """Whether the actor is the second person of a plan (計画の承認)."""
    return actor.has_role(Role.LEAD) and actor.id != plan.written_by_id


def can_approve_disposal(actor: User, disposal: DisposalList) -> bool:
    """Whether the actor is the second person of an erasure (廃棄の承認)."""
    return actor.has_role(Role.LEAD) and actor.id != disposal.requested_by_id


def can_keep_media(actor: User) -> bool:
    """Whether the actor may write in the register of media (媒体・写しの廃棄簿)."""
    return actor.has_role(*WRITERS, Role.ADMIN)


def authorize_write(actor: User) -> None:
    """Refuse whoever only reads. Raises NotAllowed."""
    if not can_write(actor):
        raise NotAllowed(WRITE_REFUSED)


def authorize_approve_plan(actor: User, plan: ErasurePlan) -> None:
    """Refuse whoever is not the second person. Raises NotAllowed."""
    if not actor.has_role(Role.LEAD):
        raise NotAllowed(LEAD_ONLY)
    if not can_approve_plan(actor, plan):
        raise NotAllowed(OWN_PLAN)


def authorize_approve_disposal(actor: User, disposal: DisposalList) -> None:
    """Refuse whoever is not the second person. Raises NotAllowed."""
    if not actor.has_role(Role.LEAD):
        raise NotAllowed(LEAD_ONLY)
    if not can_approve_disposal(actor, disposal):
        raise NotAllowed(OWN_REQUEST)


def authorize_media(actor: User) -> None:
    """Refuse whoever does not keep the register. Raises NotAllowed."""
    if not can_keep_media(actor):
        raise NotAllowed(MEDIA_REFUSED)
