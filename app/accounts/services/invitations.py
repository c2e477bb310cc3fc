"""Inviting a person by a link (招待): once, for seven days, for one body (P41)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import Invitation, InvitationEnd, Organization, Role, User
from app.accounts.passwords import check_new_password, hash_password
from app.accounts.policy import authorize_manage
from app.accounts.queries import is_active_today
from app.accounts.services.invitation_links import (
    email_key,
    find_usable,
    is_usable,
    kill_links,
    new_token,
)
from app.accounts.services.sessions import hash_token
from app.accounts.services.users import CreateUser, add_user, check_roles
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotFound
from app.extensions import db

VALID_FOR = timedelta(days=7)

# The same words for a link that never was, is over, was used or was taken back (P38).
NOT_USABLE = (
    "この招待のリンクは使えません。期限（7日）が過ぎたか、使用済みか、取り消されたためです。"
    "招待した管理者に、もう一度招待するよう依頼してください。"
)
NOT_REVOCABLE = "この招待は見つかりません。既に使われたか、取り消されています。"


@dataclass(frozen=True, kw_only=True)
class Invite:
    """Whom to invite (招待の内容); `ends_on` is the last day of the account, None for no end."""

    display_name: str
    email: str
    roles: tuple[Role, ...]
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class AcceptInvitation:
    """What the invited person chooses (招待の受諾)."""

    token: str
    login: str
    password: str


def invite(body: Organization, command: Invite, *, actor: User) -> tuple[Invitation, str]:
    """Invite a person into a body; return the invitation and the token of its link, shown once.

    An open invitation of the same address to this body is replaced. Raises NotAllowed and
    InvalidInput.
    """
    authorize_manage(actor, body)
    _check(body, command)
    key = email_key(command.email)
    kill_links(
        (Invitation.email_key == key) & (Invitation.organization_id == body.id),
        InvitationEnd.REPLACED,
    )
    token, now = new_token(), clock.now()
    invitation = Invitation(
        token_hash=hash_token(token),
        organization_id=body.id,
        email=command.email,
        email_key=key,
        display_name=command.display_name,
        roles=[role.value for role in command.roles],
        ends_on=command.ends_on,
        created_at=now,
        created_by_id=actor.id,
        expires_at=now + VALID_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    _record("invitation.create", invitation, actor)
    return invitation, token


def _check(body: Organization, command: Invite) -> None:
    today = clock.today()
    if not body.exists_on(today):
        raise InvalidInput({"email": ["この団体は廃止されたため、招待できません"]})
    check_roles(body, command.roles)
    if command.ends_on is not None and command.ends_on < today:
        raise InvalidInput({"ends_on": ["利用の末日は今日以後の日にしてください"]})
    # Addresses are written in many ways: compared folded, and a body has few people.
    addresses = db.session.scalars(
        select(User.email).where(User.organization_id == body.id, is_active_today())
    )
    if email_key(command.email) in {email_key(address or "") for address in addresses}:
        raise InvalidInput({"email": ["このメールアドレスの人は、既にこの団体の利用者です"]})


def revoke(invitation: Invitation, *, actor: User) -> None:
    """Take an open invitation back (招待の取消し). Raises NotAllowed, NotFound."""
    authorize_manage(actor, invitation.organization)
    if _lock_open(invitation.id) is None:
        raise NotFound(NOT_REVOCABLE)
    invitation.ended_at, invitation.end = clock.now(), InvitationEnd.REVOKED
    _record("invitation.revoke", invitation, actor)


def accept_invitation(command: AcceptInvitation) -> User:
    """Make the account that a link stands for (招待の受諾); the link is dead from then on.

    So are all other open invitations of the same address. However many use it at once, one wins.
    Raises NotFound for a link that cannot be used, and InvalidInput.
    """
    invitation = find_usable(command.token)
    if invitation is None:
        raise NotFound(NOT_USABLE)
    check_new_password(command.password, login=command.login)
    password_hash = hash_password(command.password)
    # Hashing is slow: only now does this one wait for whoever came first with the same link.
    locked = _lock_open(invitation.id)
    if locked is None or not is_usable(locked):
        raise NotFound(NOT_USABLE)
    user = add_user(_new_user(locked, command), password_hash=password_hash, actor=None)
    locked.ended_at, locked.end, locked.user_id = clock.now(), InvitationEnd.ACCEPTED, user.id
    db.session.flush()
    kill_links(Invitation.email_key == locked.email_key, InvitationEnd.REPLACED)
    _record("invitation.accept", locked, user)
    return user


def _new_user(invitation: Invitation, command: AcceptInvitation) -> CreateUser:
    return CreateUser(
        login=command.login,
        display_name=invitation.display_name,
        organization_id=invitation.organization_id,
        roles=tuple(Role(role) for role in invitation.roles),
        password=command.password,
        email=invitation.email,
        ends_on=invitation.ends_on,
    )


def _lock_open(invitation_id: int) -> Invitation | None:
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.id == invitation_id, Invitation.ended_at.is_(None))
        .with_for_update(of=Invitation)
        .execution_options(populate_existing=True)
    ).one_or_none()


def open_invitations(organization_id: int) -> list[Invitation]:
    """Invitations of a body that still work, the next to expire first (有効な招待)."""
    found = db.session.scalars(
        select(Invitation)
        .where(Invitation.organization_id == organization_id, Invitation.ended_at.is_(None))
        .order_by(Invitation.expires_at, Invitation.id)
    )
    return [invitation for invitation in found if is_usable(invitation)]


def get_open_invitation(body: Organization, invitation_id: int) -> Invitation:
    """Return an open invitation of a body (招待). Raises NotFound."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.organization_id != body.id or found.ended_at is not None:
        raise NotFound(NOT_REVOCABLE)
    return found


def _record(verb: str, invitation: Invitation, actor: User) -> None:
    changes = {"organization_id": invitation.organization_id, "roles": invitation.roles}
    record(verb, Subject(type="invitation", id=invitation.id), actor=actor, changes=changes)
