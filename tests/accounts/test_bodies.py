"""The register of bodies (団体の台帳): types and names with periods, mergers on a day."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Organization, OrganizationName, OrgType
from app.accounts.services import bodies
from app.accounts.services.bodies import Dissolve, NewBody
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from tests.factories import World, make_world

NOON = clock.jst(2026, 6, 1, 12)
TODAY = date(2026, 6, 1)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(NOON):
        world = make_world()
        db_session.commit()
    return world


def city_of(world: World) -> Organization:
    return world["city"].organization


def at_noon(day: date) -> datetime:
    return clock.jst(day.year, day.month, day.day, 12)


def last_entry(session: Session) -> tuple[str, dict[str, object]]:
    session.commit()
    entry = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()
    return entry.verb, entry.changes


# --- New bodies ---------------------------------------------------------------------------------

UNION = NewBody(
    code="908011", name="甲乙広域連合", reading="コウオツ", org_type=OrgType.UNION, valid_from=TODAY
)


def test_union_is_added_with_its_type(world: World, db_session: Session) -> None:
    with clock.at(NOON):
        body = bodies.add_body(UNION, actor=world["admin"])

    assert (body.code, body.name, body.type_on(TODAY)) == ("908011", "甲乙広域連合", OrgType.UNION)
    assert last_entry(db_session) == ("organization.add", {"code": "908011", "org_type": "union"})


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "908012",
            "団体コードは、検査数字を含む6桁の数字で入力してください。末尾の1桁が合っていません",
        ),
        ("902012", "この団体コードは「甲子市」に登録されています"),
    ],
)
def test_wrong_or_known_code_is_refused(world: World, code: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bodies.add_body(NewBody(**{**UNION.__dict__, "code": code}), actor=world["admin"])

    assert refused.value.errors == {"code": [words]}


def test_manager_cannot_add_a_body(world: World) -> None:
    with pytest.raises(NotAllowed):
        bodies.add_body(UNION, actor=world["city-mgr"])


# --- Types --------------------------------------------------------------------------------------


def test_new_type_closes_the_former_period(world: World, db_session: Session) -> None:
    body = city_of(world)
    first_day = date(2027, 4, 1)

    bodies.change_type(
        body, OrgType.CORE_CITY, first_day, version=body.version, actor=world["admin"]
    )

    periods = [(row.org_type, row.valid_from, row.valid_to) for row in body.types]
    assert periods == [
        (OrgType.CITY, date(2020, 4, 1), date(2027, 3, 31)),
        (OrgType.CORE_CITY, first_day, None),
    ]
    assert last_entry(db_session) == (
        "organization.change_type",
        {"before": "city", "after": "core_city", "valid_from": "2027-04-01"},
    )


@pytest.mark.parametrize(
    ("org_type", "first_day", "field"),
    [
        (OrgType.CITY, date(2027, 4, 1), "org_type"),
        (OrgType.CORE_CITY, date(2020, 4, 1), "valid_from"),
        (OrgType.CORE_CITY, date(2019, 4, 1), "valid_from"),
    ],
)
def test_type_that_changes_nothing_or_rewrites_the_past_is_refused(
    world: World, org_type: OrgType, first_day: date, field: str
) -> None:
    body = city_of(world)

    with pytest.raises(InvalidInput) as refused:
        bodies.change_type(body, org_type, first_day, version=body.version, actor=world["admin"])

    assert list(refused.value.errors) == [field]


def test_p05_change_from_an_old_page_is_refused(world: World, db_session: Session) -> None:
    body = city_of(world)
    seen = body.version
    bodies.change_type(
        body, OrgType.CORE_CITY, date(2027, 4, 1), version=seen, actor=world["admin"]
    )

    with pytest.raises(StaleVersion):
        bodies.rename(body, "新しい市", "", TODAY, version=seen, actor=world["admin"])


# --- Names --------------------------------------------------------------------------------------


def test_name_to_come_shows_on_its_day(world: World, db_session: Session) -> None:
    body, day = city_of(world), date(2026, 10, 1)

    with clock.at(NOON):
        bodies.rename(body, "新甲子市", "", day, version=body.version, actor=world["admin"])
        before = body.name
    db_session.commit()
    with clock.at(clock.jst(2026, 10, 1)):
        after = body.name
        found = db_session.scalars(
            select(Organization.code).where(Organization.name == "新甲子市")
        ).all()
    with clock.at(clock.jst(2026, 9, 30, 23, 59, 59)):
        not_yet = db_session.scalars(
            select(Organization.code).where(Organization.name == "新甲子市")
        ).all()

    assert (before, after) == ("甲子市", "新甲子市")
    assert (found, not_yet) == (["902012"], [])


def test_names_are_kept_in_order(world: World, db_session: Session) -> None:
    body = city_of(world)

    for year, name in ((2026, "二番市"), (2027, "三番市")):
        with clock.at(clock.jst(year, 7, 1)):
            bodies.rename(
                body, name, "", date(year, 7, 1), version=body.version, actor=world["admin"]
            )

    rows = db_session.scalars(select(OrganizationName).order_by(OrganizationName.valid_from))
    assert [(row.former_name, row.name) for row in rows] == [
        ("甲子市", "二番市"),
        ("二番市", "三番市"),
    ]


def test_name_to_come_can_be_replaced_before_its_day(world: World, db_session: Session) -> None:
    body = city_of(world)

    with clock.at(NOON):
        for name, day in (("誤り市", date(2026, 10, 1)), ("正し市", date(2026, 11, 1))):
            bodies.rename(body, name, "", day, version=body.version, actor=world["admin"])
    with clock.at(clock.jst(2026, 12, 1)):
        shown = body.name

    rows = db_session.scalars(select(OrganizationName)).all()
    assert shown == "正し市"
    assert [(row.former_name, row.name) for row in rows] == [("甲子市", "正し市")]


# --- Mergers ------------------------------------------------------------------------------------


def merge(world: World, day: date) -> None:
    body = city_of(world)
    command = Dissolve(dissolved_on=day, successor_id=world["other"].organization_id)
    with clock.at(NOON):
        bodies.dissolve(body, command, version=body.version, actor=world["admin"])


def test_merger_closes_the_type_the_day_before(world: World, db_session: Session) -> None:
    merge(world, date(2027, 3, 1))

    body = city_of(world)
    assert body.types[-1].valid_to == date(2027, 2, 28)
    assert last_entry(db_session) == (
        "organization.dissolve",
        {"dissolved_on": "2027-03-01", "successor_id": world["other"].organization_id},
    )


def test_planned_merger_can_be_taken_back_and_past_one_cannot(world: World) -> None:
    body, day = city_of(world), date(2027, 3, 1)
    merge(world, day)

    with clock.at(at_noon(day)), pytest.raises(NotAllowed):
        bodies.keep_body(body, version=body.version, actor=world["admin"])
    with clock.at(at_noon(day - timedelta(days=1))):
        bodies.keep_body(body, version=body.version, actor=world["admin"])

    assert (body.dissolved_on, body.successor_id) == (None, None)
    assert body.types[-1].valid_to is None


def test_body_cannot_be_merged_into_itself_a_ministry_or_a_dissolved_one(world: World) -> None:
    day = date(2027, 3, 1)
    merge(world, day)
    other = world["other"].organization

    for successor_id in (other.id, world["ministry"].organization_id, city_of(world).id, 9999):
        command = Dissolve(dissolved_on=day, successor_id=successor_id)
        with pytest.raises(InvalidInput) as refused:
            bodies.dissolve(other, command, version=other.version, actor=world["admin"])
        assert list(refused.value.errors) == ["successor"]


def test_approval_is_switched_by_the_manager_of_the_body_only(
    world: World, db_session: Session
) -> None:
    body = city_of(world)

    with pytest.raises(NotAllowed):
        bodies.set_requires_approval(body, True, version=body.version, actor=world["other-mgr"])
    bodies.set_requires_approval(body, True, version=body.version, actor=world["city-mgr"])

    assert body.requires_approval
    assert last_entry(db_session) == ("organization.set_requires_approval", {"after": True})
