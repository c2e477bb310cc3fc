"""Pages with a number whose links know their place (ページ番号)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Organization, OrganizationKind
from app.core.numbered_pages import Key, NumberedPage, read_numbered
from tests.factories import make_organization

SIZE = 3
NAMES = ["丙", "甲", "乙", "甲", "丙", "甲", "乙", "丁"]
MIXED = (Key(Organization.name, str, goes_down=True), Key(Organization.id, int))
ALIKE = (Key(Organization.name, str), Key(Organization.id, int))


@pytest.fixture
def bodies(db_session: Session) -> list[Organization]:
    found = [make_organization(OrganizationKind.MINISTRY, name) for name in NAMES]
    db_session.flush()
    return found


def page_of(asked: dict[str, str], keys: tuple[Key, ...] = MIXED) -> NumberedPage[Organization]:
    ministries = select(Organization).where(Organization.name.in_(NAMES))
    return read_numbered(ministries, keys, asked, size=SIZE, total=len(NAMES))


def expected(db_session: Session, keys: tuple[Key, ...]) -> list[int]:
    ordered = (
        select(Organization.id)
        .where(Organization.name.in_(NAMES))
        .order_by(*[key.in_order() for key in keys])
    )
    return list(db_session.scalars(ordered))


@pytest.mark.parametrize("keys", [MIXED, ALIKE])
def test_links_lead_through_the_list_and_back(
    db_session: Session, bodies: list[Organization], keys: tuple[Key, ...]
) -> None:
    whole = expected(db_session, keys)

    first = page_of({}, keys)
    second = page_of(first.next or {}, keys)
    third = page_of(second.next or {}, keys)
    back = page_of(third.previous or {}, keys)
    top = page_of(back.previous or {}, keys)

    parts = [[row.id for row in page.rows] for page in (first, second, third, back, top)]
    assert parts == [whole[:3], whole[3:6], whole[6:], whole[3:6], whole[:3]]
    assert (third.next, top.previous, back.next) == (None, None, second.next)
    assert [page.number for page in (first, second, third, back, top)] == [1, 2, 3, 2, 1]


def test_next_page_begins_after_what_was_read_whatever_came_in_front(
    db_session: Session, bodies: list[Organization]
) -> None:
    first = page_of({}, ALIKE)
    last_read = first.rows[-1].id
    whole = expected(db_session, ALIKE)
    make_organization(OrganizationKind.MINISTRY, "丁")
    db_session.flush()

    second = page_of(first.next or {}, ALIKE)

    assert second.rows[0].id == whole[whole.index(last_read) + 1]


@pytest.mark.parametrize(
    ("asked", "begins_with"),
    [
        ({"page": "2"}, 3),
        ({"page": "99"}, 6),
        ({"page": "x"}, 0),
        ({"page": "９"}, 0),
        ({"page": "-1"}, 0),
        ({"page": "2", "cursor": "x"}, 3),
        ({"page": "2", "cursor": "W10"}, 3),
    ],
)
def test_number_alone_is_understood(
    db_session: Session, bodies: list[Organization], asked: dict[str, str], begins_with: int
) -> None:
    whole = expected(db_session, MIXED)

    page = page_of(asked)

    assert [row.id for row in page.rows] == whole[begins_with : begins_with + SIZE]


def test_place_counts_only_for_its_own_number(
    db_session: Session, bodies: list[Organization]
) -> None:
    whole = expected(db_session, MIXED)
    address = page_of({}).next or {}

    page = page_of({**address, "page": "3"})

    assert [row.id for row in page.rows] == whole[6:]


def test_empty_list_has_one_page(db_session: Session) -> None:
    nothing = select(Organization).where(Organization.name == "ない団体")

    page = read_numbered(nothing, MIXED, {"page": "3"}, size=SIZE, total=0)

    assert (page.rows, page.number, page.previous, page.next) == ([], 1, None, None)
