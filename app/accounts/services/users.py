"""Creating users and changing what they may do (利用者の登録・変更)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.labels import KIND_LABELS, ROLE_LABELS
from app.accounts.models import ROLES_OF_KIND, Organization, Role, User, UserRole
from app.accounts.passwords import check_new_password, hash_password
from app.accounts.queries import find_user
from app.accounts.services.sessions import end_sessions_of
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db


@dataclass(frozen=True, kw_only=True)
class CreateUser:
    """A new user of a body (利用者の登録)."""

    login: str
    display_name: str
    organization_id: int
    roles: tuple[Role, ...]
    password: str
    email: str = ""


def create_user(command: CreateUser, *, actor: User | None) -> User:
    """Create a user with at least one role that fits the body. Raises InvalidInput.

    `actor` is None for the command line.
    """
    check_new_password(command.password, login=command.login)
    return add_user(command, password_hash=hash_password(command.password), actor=actor)


def add_user(command: CreateUser, *, password_hash: str, actor: User | None) -> User:
    """Create a user whose password is hashed already. Raises InvalidInput."""
    organization = db.session.get_one(Organization, command.organization_id)
    check_roles(organization, command.roles)
    if find_user(command.login) is not None:
        raise InvalidInput({"login": ["このログインIDは既に使われています"]})
    user = User(
        login=command.login,
        display_name=command.display_name,
        organization_id=organization.id,
        email=command.email or None,
        password_hash=password_hash,
        created_at=clock.now(),
        role_grants=[UserRole(role=role) for role in command.roles],
    )
    db.session.add(user)
    db.session.flush()
    _record("user.create", user, actor, roles=sorted(command.roles))
    return user


def change_roles(user: User, roles: Sequence[Role], *, actor: User) -> None:
    """Give a user other roles; running sessions end, so that the change bites at once (P28)."""
    check_roles(user.organization, roles)
    before = sorted(user.roles)
    kept = {grant.role: grant for grant in user.role_grants}
    user.role_grants = [kept.get(role) or UserRole(role=role) for role in roles]
    end_sessions_of(user)
    _record("user.change_roles", user, actor, before=before, after=sorted(roles))


def disable_user(user: User, *, actor: User) -> None:
    """Close an account (利用停止): it stays in the trail, its sessions end. Raises NotAllowed."""
    if user.id == actor.id:
        raise NotAllowed("自分のアカウントは停止できません。ほかの管理者に依頼してください。")
    user.disabled_at = clock.now()
    end_sessions_of(user)
    _record("user.disable", user, actor)


def enable_user(user: User, *, actor: User) -> None:
    """Open a closed account again (利用再開)."""
    user.disabled_at = None
    _record("user.enable", user, actor)


def set_password(user: User, password: str, *, actor: User) -> None:
    """Set a new password; running sessions end. Raises InvalidInput."""
    check_new_password(password, login=user.login)
    user.password_hash = hash_password(password)
    end_sessions_of(user)
    _record("user.set_password", user, actor)


def _record(verb: str, user: User, actor: User | None, **changes: list[Role]) -> None:
    record(verb, Subject(type="user", id=user.id), actor=actor, changes=changes)


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
