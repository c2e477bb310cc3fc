"""Searching the register of bodies (団体の検索): as people write, in any kana and width."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.accounts.directory import PAGE_SIZE, Search, prefectures, search_bodies
from app.accounts.models import Organization, OrganizationKind, OrganizationType, OrgType
from app.accounts.services.bodies import rename
from app.core import clock
from app.core.codes import local_government_code
from tests.factories import World, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    body = Organization(
        kind=OrganizationKind.LOCAL_GOVERNMENT,
        name="さいたま市",
        reading="サイタマシ",
        prefecture="埼玉県",
        code="111007",
        types=[OrganizationType(valid_from=date(2003, 4, 1), org_type=OrgType.DESIGNATED_CITY)],
    )
    db_session.add(body)
    db_session.commit()
    return world


def names(**asked: object) -> list[str]:
    return [body.name for body in search_bodies(Search(**asked)).bodies]


@pytest.mark.parametrize(
    "text",
    [
        "さいたま",
        "サイタマシ",
        "ｻｲﾀﾏ",
        "111007",
        "１１１００７",
        "埼玉県さいたま市",
        "埼玉 さいたま",
    ],
)
def test_body_is_found_as_it_is_written(world: World, text: str) -> None:
    assert names(text=text) == ["さいたま市"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"sort_of_body": "designated_city"}, ["さいたま市"]),
        ({"sort_of_body": "core_city"}, ["乙丑市"]),
        ({"sort_of_body": "ministry"}, ["厚生労働省", "デジタル庁"]),
        ({"prefecture": "埼玉県"}, ["さいたま市"]),
        ({"prefecture": "埼玉県", "sort_of_body": "city"}, []),
        ({"text": "%"}, []),
        ({"text": "_"}, []),
    ],
)
def test_filters_narrow_the_list(world: World, asked: dict[str, object], found: list[str]) -> None:
    assert names(**asked) == found


def test_local_governments_come_first_by_code(world: World) -> None:
    assert names()[:3] == ["さいたま市", "甲子市", "乙丑市"]


def test_former_name_still_finds_the_body(world: World) -> None:
    body = world["city"].organization
    rename(body, "新甲市", "", clock.today(), version=body.version, actor=world["admin"])

    assert names(text="甲子") == ["新甲市"]


def test_pages_are_full_and_out_of_range_is_the_last(world: World, db_session: Session) -> None:
    for number in range(PAGE_SIZE):
        code = local_government_code(f"91{number + 300}")
        db_session.add(
            Organization(kind=OrganizationKind.LOCAL_GOVERNMENT, name=f"町{number}", code=code)
        )
    db_session.commit()

    first, last = search_bodies(Search()), search_bodies(Search(page=99))

    assert (len(first.bodies), first.pages) == (PAGE_SIZE, 2)
    assert (last.page, len(last.bodies)) == (2, first.total - PAGE_SIZE)


def test_prefectures_are_offered_by_code(world: World) -> None:
    assert prefectures() == ["埼玉県"]
