"""Who is told about a hand-off (送付の宛先)."""

from app.accounts.models import Organization, Role, User
from app.accounts.queries import users_of_body
from app.extensions import db


def coordinators_of(destination: Organization) -> list[User]:
    """People a destination is reached by (窓口担当): its coordinators, by id.

    A unit without one is reached by those of the ministry above it, who read what lies below;
    where nobody coordinates at all, by the officers of the destination itself. Empty for a
    ministry without any account.
    """
    body: Organization | None = destination
    while body is not None:
        found = list(db.session.scalars(users_of_body(body.id, Role.MINISTRY_COORDINATOR)))
        if found:
            return found
        body = body.parent
    return list(db.session.scalars(users_of_body(destination.id, Role.MINISTRY_OFFICER)))
