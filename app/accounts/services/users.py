"""Creating users and changing what they may do (利用者の登録・変更)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.labels import KIND_LABELS, ROLE_LABELS
from app.accounts.models import (
    ROLES_OF_KIND,
    Organization,
    Role,
    User,
    UserRole,
)
from app.accounts.passwords import check_new_password, hash_password
from app.accounts.policy import authorize_manage
from app.accounts.queries import find_user, is_last_manager
from app.accounts.services.invitation_links import revoke_links_made_by
from app.accounts.services.outside_terms import (
    OutsideTerms,
    check_outside_roles,
    check_terms,
    check_watches_over_nobody,
    set_terms,
)
from app.accounts.services.reset_links import end_reset_links
from app.accounts.services.second_factor import has_factor
from app.accounts.services.sessions import end_sessions_of
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db

LAST_MANAGER = (
    "団体には、利用の末日のない有効な管理者が1人以上必要です。"
    "先に、ほかの人を管理者にしてから、もう一度操作してください。"
)
LOGIN_TAKEN = "このログインIDは既に使われています"
DAY_IS_OVER = (
    "利用の末日は今日以後の日にしてください。今すぐ止めるときは「利用を停止する」を使います"
)
BODY_IS_GONE = "この団体は廃止されたため、利用者を登録できません。承継した団体に登録してください"


@dataclass(frozen=True, kw_only=True)
class CreateUser:
    """A new user of a body (利用者の登録); `ends_on` is the last day of the account.

    `outside` holds the terms of somebody from outside (部外者), None for the body's own people.
    """

    login: str
    display_name: str
    organization_id: int
    roles: tuple[Role, ...]
    password: str
    email: str = ""
    ends_on: date | None = None
    outside: OutsideTerms | None = None


def create_user(command: CreateUser, *, actor: User | None) -> User:
    """Create a user with at least one role that fits the body. Raises InvalidInput, NotAllowed.

    `actor` is None for the command line.
    """
    if actor is not None:
        authorize_manage(actor, db.session.get_one(Organization, command.organization_id))
    check_new_password(command.password, login=command.login)
    return add_user(command, password_hash=hash_password(command.password), actor=actor)


def add_user(command: CreateUser, *, password_hash: str, actor: User | None) -> User:
    """Create a user whose password is hashed already. Raises InvalidInput."""
    organization = db.session.get_one(Organization, command.organization_id)
    if not organization.exists_on(clock.today()):
        raise InvalidInput({"organization_id": [BODY_IS_GONE]})
    check_roles(organization, command.roles)
    if command.outside is not None:
        check_outside_roles(command.roles)
        check_terms(organization, command.outside)
    if find_user(command.login) is not None:
        raise InvalidInput({"login": [LOGIN_TAKEN]})
    user = User(
        login=command.login,
        display_name=command.display_name,
        organization_id=organization.id,
        email=command.email or None,
        password_hash=password_hash,
        created_at=clock.now(),
        ends_on=command.ends_on,
        role_grants=[UserRole(role=role) for role in command.roles],
    )
    if command.outside is not None:
        set_terms(user, command.outside)
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as error:
        # Somebody else took the login between the look and the insert.
        raise InvalidInput({"login": [LOGIN_TAKEN]}) from error
    _record("user.create", user, actor, roles=sorted(command.roles))
    return user


def change_roles(user: User, roles: Sequence[Role], *, actor: User) -> None:
    """Give a user other roles; running sessions end, so that the change bites at once (P28).

    Raises NotAllowed, and InvalidInput for no role, an unfit one and the last manager of a body.
    """
    authorize_manage(actor, user.organization)
    check_roles(user.organization, roles)
    if user.is_outsider:
        check_outside_roles(roles)
    if Role.PROPOSER_MANAGER not in roles:
        _check_manager_remains(user, "roles")
    before = sorted(user.roles)
    kept = {grant.role: grant for grant in user.role_grants}
    user.role_grants = [kept.get(role) or UserRole(role=role) for role in roles]
    if Role.PROPOSER_MANAGER in before and Role.PROPOSER_MANAGER not in roles:
        revoke_links_made_by(user)
    end_sessions_of(user)
    _record("user.change_roles", user, actor, before=before, after=sorted(roles))


def disable_user(user: User, *, actor: User) -> None:
    """Close an account (利用停止): it stays in the trail, its sessions and invitations end.

    Raises NotAllowed, for oneself and for the last manager of a body, too.
    """
    authorize_manage(actor, user.organization)
    if user.id == actor.id:
        raise NotAllowed("自分のアカウントは停止できません。ほかの管理者に依頼してください。")
    try:
        _check_manager_remains(user, "user")
    except InvalidInput as error:
        raise NotAllowed(LAST_MANAGER) from error
    check_watches_over_nobody(user)
    user.disabled_at = clock.now()
    revoke_links_made_by(user)
    end_sessions_of(user)
    _record("user.disable", user, actor)


def enable_user(user: User, *, actor: User) -> None:
    """Open a closed account again (利用再開); a last day that is over is taken away with it."""
    authorize_manage(actor, user.organization)
    user.disabled_at = None
    if user.ends_on is not None and user.ends_on < clock.today():
        user.ends_on = None
    _record("user.enable", user, actor)


def set_last_day(user: User, ends_on: date | None, *, actor: User) -> None:
    """Set the last day of an account (利用の末日), None for no end.

    From the next day on (JST) the account is closed and its sessions are dead: that is reckoned at
    each request, no job is needed. Raises NotAllowed, and InvalidInput for a day that is over and
    for the last manager of a body.
    """
    authorize_manage(actor, user.organization)
    if ends_on is not None:
        if ends_on < clock.today():
            raise InvalidInput({"ends_on": [DAY_IS_OVER]})
        _check_manager_remains(user, "ends_on")
        day_after = ends_on + timedelta(days=1)
        check_watches_over_nobody(user, clock.jst(day_after.year, day_after.month, day_after.day))
    before = user.ends_on.isoformat() if user.ends_on else None
    user.ends_on = ends_on
    _record("user.set_last_day", user, actor, before=before, after=ends_on and ends_on.isoformat())


def set_password(user: User, password: str, *, actor: User) -> None:
    """Set a new password; running sessions end. Raises InvalidInput, NotAllowed."""
    authorize_manage(actor, user.organization)
    check_new_password(password, login=user.login, has_factor=has_factor(user))
    replace_password(user, hash_password(password))
    _record("user.set_password", user, actor)


def replace_password(user: User, password_hash: str) -> None:
    """Put another password in the place of the old one; sessions and links end (P40, P41).

    Who calls records why.
    """
    user.password_hash = password_hash
    user.password_changed_at = clock.now()
    end_reset_links(user)
    end_sessions_of(user)


def check_roles(organization: Organization, roles: Sequence[Role]) -> None:
    """Refuse no role, and a role that does not exist in this kind of body. Raises InvalidInput."""
    if not roles:
        raise InvalidInput({"roles": ["役割を1つ以上選んでください"]})
    for role in roles:
        if role not in ROLES_OF_KIND[organization.kind]:
            raise InvalidInput(
                {
                    "roles": [
                        f"「{ROLE_LABELS[role]}」は{KIND_LABELS[organization.kind]}の"
                        "利用者に付けられません"
                    ]
                }
            )


def _check_manager_remains(user: User, field: str) -> None:
    """Refuse to take away the last lasting manager of a local government. Raises InvalidInput."""
    # Two managers who close each other's account at once: the second one waits here, and counts.
    db.session.execute(
        select(Organization.id).where(Organization.id == user.organization_id).with_for_update()
    )
    if is_last_manager(user):
        raise InvalidInput({field: [LAST_MANAGER]})


def _record(verb: str, user: User, actor: User | None, **changes: Any) -> None:
    record(verb, Subject(type="user", id=user.id), actor=actor, changes=changes)
