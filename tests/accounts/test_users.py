"""Users (利用者の登録・変更): roles fit the body, nobody is deleted, every change has its trace."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import ROLES_OF_KIND, OrganizationKind, Role
from app.accounts.services.users import (
    CreateUser,
    add_user,
    change_roles,
    check_roles,
    create_user,
    disable_user,
    enable_user,
    set_password,
)
from app.audit.models import AuditEvent
from app.core.errors import InvalidInput, NotAllowed
from tests.factories import PASSWORD_HASH, World, make_organization, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def command(world: World, **changes: object) -> CreateUser:
    values = {
        "login": "officer9",
        "display_name": "仕分け担当9",
        "organization_id": world["lead"].organization_id,
        "roles": (Role.OFFICER,),
        "password": "a long enough password",
    } | changes
    return CreateUser(**values)


def last_entry(session: Session) -> tuple[str, dict[str, object]]:
    session.commit()
    entry = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()
    return entry.verb, entry.changes


def test_new_user_can_hold_several_roles(world: World, db_session: Session) -> None:
    user = create_user(command(world, roles=(Role.OFFICER, Role.LEAD)), actor=world["admin"])

    assert user.roles == {Role.OFFICER, Role.LEAD}
    assert last_entry(db_session) == ("user.create", {"roles": ["lead", "officer"]})


# Written out by hand: who can be what.
FITTING = {
    OrganizationKind.LOCAL_GOVERNMENT: {"proposer", "proposer_manager", "observer"},
    OrganizationKind.MINISTRY: {"ministry_officer", "ministry_coordinator", "observer"},
    OrganizationKind.SECRETARIAT: {"officer", "lead", "auditor", "admin", "observer"},
    OrganizationKind.ASSOCIATION: {"observer"},
}


@pytest.mark.parametrize("kind", list(OrganizationKind))
def test_role_must_fit_the_kind_of_body(world: World, kind: OrganizationKind) -> None:
    code = "900001" if kind is OrganizationKind.LOCAL_GOVERNMENT else None
    body = make_organization(kind, "試験用", code)
    taken = set()

    for role in Role:
        try:
            check_roles(body, [role])
        except InvalidInput:
            continue
        taken.add(role.value)

    assert taken == FITTING[kind] == set(ROLES_OF_KIND[kind])


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"roles": ()}, {"roles": ["役割を1つ以上選んでください"]}),
        (
            {"roles": (Role.OFFICER, Role.PROPOSER)},
            {"roles": ["「提案団体 担当者」は事務局の利用者に付けられません"]},
        ),
        ({"login": "officer1"}, {"login": ["このログインIDは既に使われています"]}),
        ({"password": "too short"}, {"password": ["パスワードは15文字以上にしてください"]}),
    ],
)
def test_unfit_user_is_refused(
    world: World, changes: dict[str, object], errors: dict[str, list[str]]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_user(command(world, **changes), actor=world["admin"])

    assert refused.value.errors == errors


def test_changed_roles_replace_the_old(world: World, db_session: Session) -> None:
    change_roles(world["officer1"], [Role.OFFICER, Role.LEAD], actor=world["admin"])
    change_roles(world["officer1"], [Role.AUDITOR], actor=world["admin"])

    assert world["officer1"].roles == {Role.AUDITOR}
    assert last_entry(db_session) == (
        "user.change_roles",
        {"before": ["lead", "officer"], "after": ["auditor"]},
    )


def test_disabled_user_is_kept_and_can_come_back(world: World, db_session: Session) -> None:
    disable_user(world["officer1"], actor=world["admin"])
    disabled, entry = world["officer1"].is_active, last_entry(db_session)
    enable_user(world["officer1"], actor=world["admin"])

    assert (disabled, entry) == (False, ("user.disable", {}))
    assert world["officer1"].is_active
    assert last_entry(db_session) == ("user.enable", {})


def test_admin_cannot_lock_the_own_account(world: World) -> None:
    with pytest.raises(NotAllowed):
        disable_user(world["admin"], actor=world["admin"])


def test_password_never_reaches_the_trail(world: World, db_session: Session) -> None:
    set_password(world["officer1"], "another long password", actor=world["admin"])

    assert last_entry(db_session) == ("user.set_password", {})
    assert world["officer1"].password_hash != "another long password"


def test_user_without_email_has_none(world: World) -> None:
    user = add_user(command(world), password_hash=PASSWORD_HASH, actor=None)

    assert (user.email, user.label) == (None, "事務局 仕分け担当9")
