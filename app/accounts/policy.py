"""Who may look after a body and its people (団体と利用者の管理の権限)."""

from app.accounts.models import Organization, OrganizationKind, Role, User
from app.core import clock
from app.core.errors import NotAllowed

MANAGE_REFUSED = "団体の利用者や設定を変えられるのは、その団体の管理者とシステム管理だけです。"
DECIDED_ALONE = "二要素認証の解除は、依頼した人と本人のほかの、システム管理の人だけが承認できます。"
VIEW_AS_REFUSED = (
    "代理閲覧ができるのは、事務局の総括とシステム管理だけです。"
    "相手は、団体・府省庁などの有効な利用者に限ります。"
)
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


def can_view_as(actor: User, target: User) -> bool:
    """Whether the actor may look at the screens of another person (代理閲覧).

    Nobody of the secretariat is looked at: their screens hold opinions that others must not read
    before their own. People from outside (部外者) are no part of it: what they look at is watched
    under their own name. What is shown is never more than the actor may see.
    """
    is_of_body = target.organization.kind is not OrganizationKind.SECRETARIAT
    is_inside = not actor.is_outsider and not target.is_outsider
    has_power = actor.has_role(Role.LEAD, Role.ADMIN)
    return has_power and is_inside and is_of_body and target.is_active


def authorize_view_as(actor: User, target: User) -> None:
    """Refuse an actor who may not look at the screens of a person. Raises NotAllowed."""
    if not can_view_as(actor, target):
        raise NotAllowed(VIEW_AS_REFUSED)
