"""Who may look after a body and its people (団体と利用者の管理の権限)."""

from app.accounts.models import Organization, OrganizationKind, Role, User
from app.core import clock
from app.core.errors import NotAllowed

MANAGE_REFUSED = "団体の利用者や設定を変えられるのは、その団体の管理者とシステム管理だけです。"
DECIDED_ALONE = "二要素認証の解除は、依頼した人と本人のほかの、システム管理の人だけが承認できます。"
ADMINISTER_REFUSED = "団体の登録や合併などを記録できるのは、システム管理だけです。"


def can_administer(actor: User) -> bool:
    """Whether the actor keeps the register of all bodies (団体の台帳の管理)."""
    return actor.has_role(Role.ADMIN)


def can_manage(actor: User, body: Organization) -> bool:
    """Whether the actor looks after the people and settings of a body (団体の管理).

    The manager of a local government does so for the bodies merged into it, too (P28).
    """
    if can_administer(actor):
        return True
    is_local = body.kind is OrganizationKind.LOCAL_GOVERNMENT
    return (
        is_local
        and actor.has_role(Role.PROPOSER_MANAGER)
        and body.acting_on(clock.today()).id == actor.organization_id
    )


def authorize_manage(actor: User, body: Organization) -> None:
    """Refuse an actor who does not look after the body. Raises NotAllowed."""
    if not can_manage(actor, body):
        raise NotAllowed(MANAGE_REFUSED)


def authorize_administer(actor: User) -> None:
    """Refuse an actor who does not keep the register of bodies. Raises NotAllowed."""
    if not can_administer(actor):
        raise NotAllowed(ADMINISTER_REFUSED)


# Whose accounts reach the cases of every body.
WITH_SECOND_FACTOR = (OrganizationKind.SECRETARIAT, OrganizationKind.MINISTRY)


def requires_second_factor(user: User) -> bool:
    """Whether the account is one that needs a second factor (二要素認証が必須の利用者, P39)."""
    return user.organization.kind in WITH_SECOND_FACTOR or user.has_role(Role.ADMIN)


def authorize_decide_factor_reset(actor: User, user: User, requested_by_id: int) -> None:
    """Refuse to let anybody alone take a second factor off (P29). Raises NotAllowed."""
    if not can_administer(actor) or actor.id in (user.id, requested_by_id):
        raise NotAllowed(DECIDED_ALONE)
