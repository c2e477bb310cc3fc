"""Invitations (招待): one use, seven days, one body, hashed at rest (P41)."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Invitation, InvitationEnd, Role, User
from app.accounts.services.bodies import Dissolve, dissolve
from app.accounts.services.invitations import (
    AcceptInvitation,
    Invite,
    accept_invitation,
    invite,
    open_invitations,
    revoke,
)
from app.accounts.services.users import change_roles, disable_user
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import DomainError, InvalidInput, NotAllowed, NotFound
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from tests.factories import World, make_user, make_world

NOW = clock.jst(2026, 6, 1, 12)
COMMAND = Invite(display_name="担当者2", email="new@city.example", roles=(Role.PROPOSER,))
PASSWORD = "a password of my own"


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
    return world


def invited(world: World, by: str = "city-mgr", **changes: object) -> tuple[Invitation, str]:
    command = Invite(**{**COMMAND.__dict__, **changes})
    return invite(world[by].organization, command, actor=world[by])


def accepting(token: str, login: str = "newcomer") -> AcceptInvitation:
    return AcceptInvitation(token=token, login=login, password=PASSWORD)


def test_p41_invitation_makes_an_account_of_its_body_once(
    world: World, db_session: Session
) -> None:
    with clock.at(NOW):
        invitation, token = invited(world, ends_on=date(2027, 3, 31))
        user = accept_invitation(accepting(token))
        with pytest.raises(NotFound):
            accept_invitation(accepting(token, "second"))
    db_session.commit()

    assert (user.organization_id, user.roles, user.ends_on, user.email) == (
        world["city"].organization_id,
        {Role.PROPOSER},
        date(2027, 3, 31),
        "new@city.example",
    )
    assert (invitation.end, invitation.user_id) == (InvitationEnd.ACCEPTED, user.id)
    verbs = db_session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq.desc()).limit(3))
    assert list(verbs) == ["invitation.accept", "user.create", "invitation.create"]


def test_p41_only_a_hash_of_the_token_is_stored(world: World, db_session: Session) -> None:
    invitation, token = invited(world)

    stored = " ".join(str(value) for value in vars(invitation).values())
    assert len(token) >= 43
    assert token not in stored


@pytest.mark.parametrize(
    ("waited", "works"),
    [(timedelta(days=7) - timedelta(seconds=1), True), (timedelta(days=7), False)],
)
def test_p41_link_works_for_seven_days(world: World, waited: timedelta, works: bool) -> None:
    with clock.at(NOW):
        _invitation, token = invited(world)

    with clock.at(NOW + waited):
        try:
            accept_invitation(accepting(token))
            worked = True
        except NotFound:
            worked = False

    assert worked is works


def test_p41_used_one_kills_all_others_of_the_address(world: World, db_session: Session) -> None:
    with clock.at(NOW):
        _first, token = invited(world)
        other, other_token = invited(world, by="other-mgr", email="ＮＥＷ@City.example")
        stranger, _token = invited(world, by="other-mgr", email="else@city.example")
        accept_invitation(accepting(token))
        db_session.expire_all()

        with pytest.raises(NotFound):
            accept_invitation(accepting(other_token, "second"))

    assert (other.end, stranger.end) == (InvitationEnd.REPLACED, None)


def test_second_invitation_of_an_address_replaces_the_first(
    world: World, db_session: Session
) -> None:
    with clock.at(NOW):
        first, first_token = invited(world)
        second, _token = invited(world)
        db_session.expire_all()

        with pytest.raises(NotFound):
            accept_invitation(accepting(first_token))
        listed = [row.id for row in open_invitations(world["city"].organization_id)]

    assert first.end is InvitationEnd.REPLACED
    assert listed == [second.id]


def test_revoked_link_is_dead(world: World) -> None:
    with clock.at(NOW):
        invitation, token = invited(world)
        revoke(invitation, actor=world["city-mgr"])

        with pytest.raises(NotFound):
            accept_invitation(accepting(token))
        with pytest.raises(NotFound):
            revoke(invitation, actor=world["city-mgr"])


@pytest.mark.parametrize("how", ["disabled", "no manager any more", "dissolved", "over"])
def test_p28_invitation_dies_with_what_it_rests_on(
    world: World, db_session: Session, how: str
) -> None:
    with clock.at(NOW):
        second = make_user("city-mgr2", world["city"].organization, Role.PROPOSER_MANAGER)
        _invitation, token = invited(world, ends_on=date(2026, 6, 2))
        if how == "disabled":
            disable_user(world["city-mgr"], actor=second)
        elif how == "no manager any more":
            change_roles(world["city-mgr"], [Role.PROPOSER], actor=second)
        elif how == "dissolved":
            body = world["city"].organization
            command = Dissolve(dissolved_on=NOW.date(), successor_id=None)
            dissolve(body, command, version=body.version, actor=world["admin"])
        db_session.flush()
        db_session.expire_all()

    later = NOW + timedelta(days=2) if how == "over" else NOW
    with clock.at(later), pytest.raises(NotFound):
        accept_invitation(accepting(token))


def test_invitation_needs_the_right_body_roles_and_address(world: World) -> None:
    with clock.at(NOW):
        with pytest.raises(NotAllowed):
            invite(world["other"].organization, COMMAND, actor=world["city-mgr"])
        for changes, field in (
            ({"roles": ()}, "roles"),
            ({"roles": (Role.ADMIN,)}, "roles"),
            ({"roles": (Role.OFFICER,)}, "roles"),
            ({"ends_on": date(2026, 5, 31)}, "ends_on"),
        ):
            with pytest.raises(InvalidInput) as refused:
                invited(world, **changes)
            assert list(refused.value.errors) == [field]


def test_person_who_is_a_user_already_is_not_invited(world: World) -> None:
    with clock.at(NOW):
        _invitation, token = invited(world)
        accept_invitation(accepting(token))

        with pytest.raises(InvalidInput) as refused:
            invited(world, email="NEW@city.example")

    assert list(refused.value.errors) == ["email"]


@pytest.mark.parametrize(
    ("login", "password", "field"),
    [("city", PASSWORD, "login"), ("newcomer", "too short", "password")],
)
def test_unfit_login_or_password_leaves_the_invitation_open(
    world: World, login: str, password: str, field: str
) -> None:
    with clock.at(NOW):
        invitation, token = invited(world)
        with pytest.raises(InvalidInput) as refused:
            accept_invitation(AcceptInvitation(token=token, login=login, password=password))

    assert list(refused.value.errors) == [field]
    assert invitation.ended_at is None


# --- All at once --------------------------------------------------------------------------------

USES = 100


def test_p41_hundred_parallel_uses_make_one_account(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        _invitation, token = invited(world)
    outcomes: list[str] = []
    start = threading.Barrier(USES)

    def use(number: int) -> None:
        start.wait()
        with committed_app.app_context():
            try:
                with unit_of_work():
                    accept_invitation(accepting(token, f"newcomer{number}"))
            except DomainError as error:
                outcomes.append(type(error).__name__)
            else:
                outcomes.append("made")

    threads = [threading.Thread(target=use, args=(number,)) for number in range(USES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with committed_app.app_context():
        made = db.session.scalar(
            select(func.count()).select_from(User).where(User.login.startswith("newcomer"))
        )
        ends = db.session.scalars(select(Invitation.end)).all()
    assert sorted(outcomes) == ["NotFound"] * (USES - 1) + ["made"]
    assert (made, ends) == (1, [InvitationEnd.ACCEPTED])
