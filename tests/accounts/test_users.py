"""Users (利用者の登録・変更): roles fit the body, nobody is deleted, every change has its trace."""

import threading
from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import ROLES_OF_KIND, OrganizationKind, Role, User
from app.accounts.queries import is_last_manager, users_with_role
from app.accounts.services.sessions import find_session, start_session
from app.accounts.services.users import (
    LAST_MANAGER,
    CreateUser,
    add_user,
    change_roles,
    check_roles,
    create_user,
    disable_user,
    enable_user,
    set_last_day,
    set_password,
)
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from tests.factories import PASSWORD_HASH, World, make_organization, make_user, make_world


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


# --- The manager of a body, the last day --------------------------------------------------------


def test_manager_of_the_body_changes_its_people_and_no_others(world: World) -> None:
    change_roles(world["city"], [Role.OBSERVER], actor=world["city-mgr"])

    assert world["city"].roles == {Role.OBSERVER}
    for stranger in ("other", "officer1"):
        with pytest.raises(NotAllowed):
            change_roles(world[stranger], [Role.OBSERVER], actor=world["city-mgr"])
    with pytest.raises(NotAllowed):
        disable_user(world["city-mgr"], actor=world["city"])


@pytest.mark.parametrize("actor", ["city-mgr", "admin"])
def test_last_manager_of_a_body_stays(world: World, actor: str) -> None:
    manager = world["city-mgr"]

    with pytest.raises(InvalidInput) as demoted:
        change_roles(manager, [Role.PROPOSER], actor=world[actor])
    with pytest.raises(InvalidInput) as limited:
        set_last_day(manager, clock.today(), actor=world[actor])
    with pytest.raises(NotAllowed):
        disable_user(manager, actor=world["admin"])

    assert demoted.value.errors == {"roles": [LAST_MANAGER]}
    assert limited.value.errors == {"ends_on": [LAST_MANAGER]}
    assert manager.is_active


def test_manager_with_a_last_day_does_not_count_as_the_other_one(world: World) -> None:
    second = make_user("city-mgr2", world["city"].organization, Role.PROPOSER_MANAGER)
    set_last_day(second, clock.today(), actor=world["city-mgr"])

    with pytest.raises(NotAllowed):
        disable_user(world["city-mgr"], actor=world["admin"])
    disable_user(second, actor=world["city-mgr"])

    assert not second.is_active


def test_manager_can_go_when_another_one_is_there(world: World) -> None:
    second = make_user("city-mgr2", world["city"].organization, Role.PROPOSER_MANAGER)

    set_last_day(world["city-mgr"], clock.today(), actor=second)

    assert not is_last_manager(world["city-mgr"])
    assert is_last_manager(second)


def test_p28_account_ends_with_its_last_day(world: World, db_session: Session) -> None:
    last_day = date(2026, 9, 30)
    with clock.at(clock.jst(2026, 9, 1)):
        set_last_day(world["city"], last_day, actor=world["city-mgr"])
        token = start_session(world["city"], source="test", hours=24 * 60)
        db_session.commit()

    with clock.at(clock.jst(2026, 9, 30, 23, 59, 59)):
        on_the_day = (world["city"].is_active, find_session(token, idle_minutes=10**6) is not None)
        listed = db_session.scalars(users_with_role(Role.PROPOSER)).all()
    with clock.at(clock.jst(2026, 10, 1)):
        after = (world["city"].is_active, find_session(token, idle_minutes=10**6) is not None)
        left = db_session.scalars(users_with_role(Role.PROPOSER)).all()

    assert (on_the_day, after) == ((True, True), (False, False))
    assert (world["city"] in listed, world["city"] in left) == (True, False)


def test_last_day_that_is_over_is_refused_and_can_be_taken_away(
    world: World, db_session: Session
) -> None:
    with clock.at(clock.jst(2026, 9, 1)):
        with pytest.raises(InvalidInput) as refused:
            set_last_day(world["city"], date(2026, 8, 31), actor=world["city-mgr"])
        set_last_day(world["city"], date(2026, 9, 1), actor=world["city-mgr"])
        set_last_day(world["city"], None, actor=world["city-mgr"])

    assert list(refused.value.errors) == ["ends_on"]
    assert last_entry(db_session) == (
        "user.set_last_day",
        {"before": "2026-09-01", "after": None},
    )


def test_reopened_account_has_no_last_day_that_is_over(world: World) -> None:
    with clock.at(clock.jst(2026, 9, 1)):
        set_last_day(world["city"], date(2026, 9, 1), actor=world["city-mgr"])
    with clock.at(clock.jst(2026, 9, 2)):
        closed = world["city"].is_active
        enable_user(world["city"], actor=world["city-mgr"])

        assert (closed, world["city"].is_active) == (False, True)


def test_two_managers_cannot_close_each_other(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        second = make_user("city-mgr2", world["city"].organization, Role.PROPOSER_MANAGER)
        ids = (world["city-mgr"].id, second.id)
    start, refusals = threading.Barrier(2), []

    def close(own: int, other: int) -> None:
        with committed_app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    disable_user(
                        db.session.get_one(User, other), actor=db.session.get_one(User, own)
                    )
            except (NotAllowed, StaleVersion) as error:
                refusals.append(type(error).__name__)

    threads = [threading.Thread(target=close, args=pair) for pair in (ids, tuple(reversed(ids)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with committed_app.app_context():
        active = [user for user in map(partial(db.session.get_one, User), ids) if user.is_active]
    assert (len(active), len(refusals)) == (1, 1)
