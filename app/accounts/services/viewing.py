"""Looking at the screens of another person (代理閲覧): with a reason, for a short time, read only.

What it shows is the room above's matter (app/viewing); here it begins and ends.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import User, UserSession
from app.accounts.policy import authorize_view_as, can_view_as
from app.accounts.services.sessions import hash_token
from app.audit.services import Actor, Subject, record
from app.core import clock
from app.core.eras import format_datetime
from app.extensions import db

VIEWING_MINUTES = 30


@dataclass(frozen=True, kw_only=True)
class BeginViewing:
    """Why the screens of somebody are looked at (代理閲覧の理由)."""

    reason: str


def begin_viewing(target: User, command: BeginViewing, *, actor: User, token: str) -> None:
    """Look at the screens of a person from now on, for `VIEWING_MINUTES` (代理閲覧の開始).

    It belongs to the session of `token` and ends with it. Raises NotAllowed.
    """
    authorize_view_as(actor, target)
    until = clock.now() + timedelta(minutes=VIEWING_MINUTES)
    db.session.execute(
        update(UserSession)
        .where(UserSession.token_hash == hash_token(token))
        .values(viewed_user_id=target.id, viewing_until=until)
    )
    record(
        "viewing.begin",
        Subject(type="user", id=target.id),
        actor=actor,
        reason=command.reason,
        changes={"until": format_datetime(until)},
    )


def end_viewing(target_id: int, *, actor: Actor, token: str) -> None:
    """Look at one's own screens again (代理閲覧の終了); `actor` is who really sits there."""
    is_of_token = UserSession.token_hash == hash_token(token)
    db.session.execute(
        update(UserSession).where(is_of_token).values(viewed_user_id=None, viewing_until=None)
    )
    record("viewing.end", Subject(type="user", id=target_id), actor=actor)


def viewed_person(found: UserSession) -> User | None:
    """The person whose screens a session looks at, judged anew at each request (代理閲覧).

    None once the time is over, or when either person may no longer be part of it (P28).
    """
    target = db.session.get(User, found.viewed_user_id)
    is_over = found.viewing_until is None or clock.now() >= found.viewing_until
    return None if target is None or is_over or not can_view_as(found.user, target) else target


def close_viewing(session: Session, found: UserSession) -> bool:
    """Close a viewing that is over in the transaction given (代理閲覧の期限); True if it was open.

    Of several requests that come at once one closes it and leaves the entry.
    """
    target_id = found.viewed_user_id
    closed = session.execute(
        update(UserSession)
        .where(UserSession.id == found.id, UserSession.viewed_user_id == target_id)
        .values(viewed_user_id=None, viewing_until=None)
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    if closed:
        subject = Subject(type="user", id=target_id)
        record("viewing.lapse", subject, actor=found.user, session=session)
    return bool(closed)
