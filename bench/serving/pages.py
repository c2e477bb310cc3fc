"""The pages that are measured, of the product and of the floor (計測する画面)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from app.core.text import search_key
from bench.serving.world import World

Request = dict[str, Any]
WORDS = ("公営住宅", "保育", "証明書")
STATE = "in_review"


@dataclass(frozen=True, kw_only=True)
class Targets:
    """How many times the floor, by database, and how much p95 may grow (目標)."""

    sqlite: float
    postgresql: float
    growth: float

    def times_floor(self, database: str) -> float:
        """The target of a database."""
        return self.sqlite if database == "sqlite" else self.postgresql


@dataclass(frozen=True, kw_only=True)
class PageKind:
    """One page (計測する画面): how it is asked for on either side."""

    name: str
    label: str
    targets: Targets
    product: Callable[[World], list[Request]]
    floor: Callable[[World], list[Request]]
    is_change: bool = False


def _get(path: str) -> Request:
    return {"method": "GET", "path": path, "status": 200}


def _product_search(_world: World) -> list[Request]:
    return [_get(f"/search?q={quote(word)}") for word in WORDS]


def _floor_search(_world: World) -> list[Request]:
    return [_get(f"/search?q={quote(word)}&key={quote(search_key(word))}") for word in WORDS]


def changes_of_product(world: World, token: str) -> list[Request]:
    """Assignments through the form (担当割当), a case each; the floor has the other cases."""
    return [
        {
            "method": "POST",
            "path": f"/proposals/{number}/assign",
            "status": 302,
            "form": {
                "csrf_token": token,
                "version": version,
                "reviewer_ids": world.reviewer_ids,
                "note": "",
            },
        }
        for number, version in world.waiting[::2]
    ]


def changes_of_floor(world: World) -> list[Request]:
    """The same change at the floor: one update, one insert."""
    return [
        {
            "method": "POST",
            "path": f"/change/{number}",
            "status": 302,
            "form": {"version": version},
        }
        for number, version in world.waiting[1::2]
    ]


PAGES = (
    PageKind(
        name="list",
        label="一覧50件（絞り込み）",
        targets=Targets(sqlite=8, postgresql=8, growth=1.3),
        product=lambda world: [_get(f"/proposals?round={world.round_key}&state={STATE}")],
        floor=lambda _: [_get(f"/list?state={STATE}")],
    ),
    PageKind(
        name="case",
        label="案件の画面（履歴10件）",
        targets=Targets(sqlite=12, postgresql=12, growth=1.3),
        product=lambda world: [_get(f"/proposals/{row}") for row in world.case_numbers],
        floor=lambda world: [_get(f"/case/{row}") for row in world.case_numbers],
    ),
    PageKind(
        name="search",
        label="検索（日本語の語）",
        targets=Targets(sqlite=3, postgresql=3, growth=2),
        product=_product_search,
        floor=_floor_search,
    ),
    PageKind(
        name="backlog",
        label="滞留の表",
        targets=Targets(sqlite=3, postgresql=3, growth=2),
        product=lambda world: [_get(f"/reports/backlog?round={world.round_key}")],
        floor=lambda _: [_get("/backlog")],
    ),
    PageKind(
        name="classification",
        label="分類別の件数",
        targets=Targets(sqlite=3, postgresql=3, growth=2),
        product=lambda world: [_get(f"/reports/classification?round={world.round_key}")],
        floor=lambda _: [_get("/classification")],
    ),
    PageKind(
        name="change",
        label="状態の変更（担当割当）",
        targets=Targets(sqlite=4, postgresql=2.5, growth=1.3),
        product=lambda _world: [],
        floor=changes_of_floor,
        is_change=True,
    ),
)
