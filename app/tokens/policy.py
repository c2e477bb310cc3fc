"""Who may have tokens, and end them (APIトークンの権限)."""

from app.accounts.models import ApiToken, User
from app.accounts.policy import can_administer
from app.core.errors import NotAllowed, NotFound
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES
from app.tokens.queries import NOT_FOUND

# Whoever reads cases; others would hold a key to nothing.
TOKEN_ROLES = (*BODY_ROLES, *SECRETARIAT_ROLES)
MAKE_REFUSED = (
    "APIトークンを発行できるのは、提案団体と事務局の職員だけです。"
    "部外者のアカウントと代理閲覧の画面では発行できません。"
)


def can_make_token(actor: User) -> bool:
    """Whether the actor may have a program read in its name (発行の権限); no outsider may."""
    return actor.has_role(*TOKEN_ROLES) and not actor.is_outsider


def authorize_make_token(actor: User) -> None:
    """Refuse an actor who may not have a token. Raises NotAllowed."""
    if not can_make_token(actor):
        raise NotAllowed(MAKE_REFUSED)


def can_revoke_token(actor: User, token: ApiToken) -> bool:
    """Whether the actor may end a token (取消しの権限): its owner, the administrator."""
    return token.user_id == actor.id or can_administer(actor)


def authorize_revoke_token(actor: User, token: ApiToken) -> None:
    """Raise NotFound for the token of somebody else, as for one that never was."""
    if not can_revoke_token(actor, token):
        raise NotFound(NOT_FOUND)
