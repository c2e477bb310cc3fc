"""Finding what an actor looks after (管理する団体・利用者): the rest answers as if it were not."""

from app.accounts.models import Organization, User
from app.accounts.policy import can_manage
from app.accounts.queries import BODY_NOT_FOUND, USER_NOT_FOUND, get_user
from app.core.errors import NotFound
from app.extensions import db


def get_managed_user(actor: User, user_id: int) -> User:
    """Return the user if the actor looks after the body of it. Raises NotFound alike otherwise."""
    found = get_user(user_id)
    if not can_manage(actor, found.organization):
        raise NotFound(USER_NOT_FOUND)
    return found


def get_managed_body(actor: User, organization_id: int) -> Organization:
    """Return the body if the actor looks after it (団体). Raises NotFound alike otherwise."""
    found = db.session.get(Organization, organization_id)
    if found is None or not can_manage(actor, found):
        raise NotFound(BODY_NOT_FOUND)
    return found
