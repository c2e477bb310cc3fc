"""Searching the register of bodies (団体の検索): by name, reading, code, type and prefecture."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models import Organization, OrganizationKind, OrganizationName, OrgType
from app.core import clock
from app.core.text import search_key
from app.extensions import db

PAGE_SIZE = 50
# A longer text is the name of no body.
LONGEST_SEARCH = 100


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for in the register (検索条件); empty means everything.

    `sort_of_body` is a type of local governments or a kind of other bodies.
    """

    text: str = ""
    sort_of_body: str = ""
    prefecture: str = ""
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of bodies (検索結果): numbers of all that were found and of all there are."""

    bodies: list[Organization]
    found: int
    total: int
    page: int
    pages: int


def search_bodies(search: Search) -> Found:
    """Find bodies, the local governments first, by code (団体の検索).

    Two thousand short names are folded anew each time: no stored key can be stale.
    """
    listed = _all_bodies()
    ids = [row.id for row in listed if _matches(row, search)]
    pages = max(1, -(-len(ids) // PAGE_SIZE))
    page = min(max(1, search.page), pages)
    shown = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Found(bodies=_in_order(shown), found=len(ids), total=len(listed), page=page, pages=pages)


def prefectures() -> list[str]:
    """Names of the prefectures bodies lie in, by code (都道府県の選択肢)."""
    rows = db.session.execute(
        select(Organization.prefecture, Organization.code)
        .where(Organization.prefecture != "")
        .order_by(Organization.code)
    )
    return list(dict.fromkeys(row[0] for row in rows))


@dataclass(frozen=True, kw_only=True)
class _Row:
    id: int
    key: str
    sort_of_body: str
    prefecture: str


def _all_bodies() -> list[_Row]:
    today = clock.today()
    former: dict[int, list[str]] = {}
    for change in db.session.scalars(select(OrganizationName)):
        former.setdefault(change.organization_id, []).append(change.former_name)
    bodies = db.session.scalars(
        select(Organization)
        .options(selectinload(Organization.types))
        .order_by(Organization.kind.desc(), Organization.code, Organization.id)
    )
    return sorted(
        (
            _Row(
                id=body.id,
                key=_key(body, former.get(body.id, ())),
                sort_of_body=str(body.type_on(today) or body.kind),
                prefecture=body.prefecture,
            )
            for body in bodies
        ),
        key=lambda row: (
            row.sort_of_body not in list(OrgType)
            and row.sort_of_body != OrganizationKind.LOCAL_GOVERNMENT
        ),
    )


def _key(body: Organization, former_names: Iterable[str]) -> str:
    prefecture = body.prefecture if body.prefecture != body.name else ""
    parts = [prefecture + body.name, body.next_name or "", body.reading, body.code or ""]
    return search_key("\n".join([*parts, *former_names]))


def _matches(row: _Row, search: Search) -> bool:
    words = search_key(search.text[:LONGEST_SEARCH]).split()
    return (
        all(word in row.key for word in words)
        and search.sort_of_body in ("", row.sort_of_body)
        and search.prefecture in ("", row.prefecture)
    )


def _in_order(ids: list[int]) -> list[Organization]:
    bodies = {
        body.id: body
        for body in db.session.scalars(
            select(Organization)
            .where(Organization.id.in_(ids))
            .options(selectinload(Organization.types))
        )
    }
    return [bodies[id_] for id_ in ids]
