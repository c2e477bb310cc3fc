"""Access after a merger (合併と閲覧範囲): moves on its day, not before; history stays (P28)."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.queries import bodies_acted_for, users_of_body
from app.accounts.services.bodies import Dissolve, dissolve
from app.accounts.services.sessions import find_session, start_session
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import NotFound
from app.proposals.models import Proposal
from app.proposals.policy import can_edit, can_submit, is_own
from app.proposals.queries import get_visible_by_id, proposals_visible_to
from tests.accounts.browser import is_signed_in, sign_in
from tests.factories import (
    OrgType,
    World,
    make_draft,
    make_local_government,
    make_submitted,
    make_user,
    make_world,
)

DAY = date(2026, 10, 1)
EVE = clock.jst(2026, 9, 30, 23, 59, 59)
MIDNIGHT = clock.jst(2026, 10, 1)
CASES = 60


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(clock.jst(2026, 9, 1, 12)):
        world = make_world()
        third = make_local_government("90203", "丙寅市", OrgType.CITY)
        world.people["third-mgr"] = make_user("third-mgr", third, Role.PROPOSER_MANAGER)
        db_session.commit()
    return world


def merge(world: World, former: str, into: str, day: date = DAY) -> None:
    body = world[former].organization
    command = Dissolve(dissolved_on=day, successor_id=world[into].organization_id)
    with clock.at(clock.jst(2026, 9, 1, 13)):
        dissolve(body, command, version=body.version, actor=world["admin"])


def seen_by(session: Session, world: World, login: str) -> set[int]:
    return {row.id for row in session.scalars(proposals_visible_to(world[login]))}


def test_p28_two_bodies_merged_into_one_hand_over_every_case_on_the_day(
    world: World, db_session: Session
) -> None:
    with clock.at(clock.jst(2026, 9, 1, 12)):
        ids = {
            make_draft(world).id if number % 2 else make_submitted(world).id
            for number in range(CASES)
        }
    owners = dict(db_session.execute(select(Proposal.id, Proposal.organization_id)).all())
    entries = db_session.scalars(select(AuditEvent.seq)).all()
    merge(world, "city", "third-mgr")
    merge(world, "other", "third-mgr")

    with clock.at(EVE):
        before = (seen_by(db_session, world, "third-mgr"), seen_by(db_session, world, "city"))
    with clock.at(MIDNIGHT):
        after = seen_by(db_session, world, "third-mgr")
        draft = get_visible_by_id(world["third-mgr"], min(ids))
        rights = [is_own(world["third-mgr"], draft), can_edit(world["third-mgr"], draft)]

    assert before == (set(), ids)
    assert (after, rights) == (ids, [True, True])
    # The bodies of the cases and what was done stay as they were.
    assert dict(db_session.execute(select(Proposal.id, Proposal.organization_id)).all()) == owners
    assert db_session.scalars(select(AuditEvent.seq)).all()[: len(entries)] == entries


def test_p28_former_people_lose_everything_on_the_day(
    world: World, db_session: Session, client: FlaskClient
) -> None:
    merge(world, "city", "other")
    with clock.at(EVE):
        token = start_session(world["city"], source="test", hours=8)
        db_session.commit()

        before = find_session(token, idle_minutes=30)
    with clock.at(MIDNIGHT):
        after = find_session(token, idle_minutes=30)
        sign_in(client, "city")
        signed_in = is_signed_in(client)

    assert before is not None
    assert (after, signed_in) == (None, False)


def test_p28_chain_of_mergers_ends_at_the_last_body(world: World, db_session: Session) -> None:
    merge(world, "city", "other")
    merge(world, "other", "third-mgr", date(2026, 11, 1))
    city, other, third = (world[name].organization_id for name in ("city", "other", "third-mgr"))

    def acted_for(login: str) -> set[int]:
        return set(db_session.scalars(bodies_acted_for(world[login])))

    with clock.at(MIDNIGHT):
        between = (acted_for("other"), acted_for("third-mgr"))
    with clock.at(clock.jst(2026, 11, 1)):
        afterwards = acted_for("third-mgr")

    assert between == ({city, other}, {third})
    assert afterwards == {city, other, third}


def test_letters_about_old_cases_go_to_the_successor(world: World, db_session: Session) -> None:
    merge(world, "city", "other")
    body_id = world["city"].organization_id
    manager = Role.PROPOSER_MANAGER

    with clock.at(EVE):
        before = [user.login for user in db_session.scalars(users_of_body(body_id, manager))]
    with clock.at(MIDNIGHT):
        after = [user.login for user in db_session.scalars(users_of_body(body_id, manager))]

    assert (before, after) == (["city-mgr"], ["other-mgr"])


def test_third_body_learns_nothing_of_a_merger_of_others(world: World, db_session: Session) -> None:
    with clock.at(clock.jst(2026, 9, 1, 12)):
        draft = make_draft(world)
    merge(world, "city", "other")

    with clock.at(MIDNIGHT):
        assert not can_submit(world["third-mgr"], draft)
        with pytest.raises(NotFound):
            get_visible_by_id(world["third-mgr"], draft.id)


def test_pages_of_the_successor_list_and_open_the_old_cases(
    world: World, db_session: Session, client: FlaskClient
) -> None:
    with clock.at(clock.jst(2026, 9, 1, 12)):
        number = make_submitted(world).receipt_number
    merge(world, "city", "other")
    db_session.commit()

    with clock.at(clock.jst(2026, 10, 1, 12)):
        sign_in(client, "other-mgr")
        listed = client.get("/proposals").text
        case = client.get(f"/proposals/{number}")
        former = client.get(f"/organizations/{world['city'].organization_id}")

    assert (str(number) in listed, case.status_code, former.status_code) == (True, 200, 200)
    assert "に廃止されました" in former.text
