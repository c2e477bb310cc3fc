"""Order and place that an address asks for (並べ替えとページ)."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, urlencode

from flask import request, url_for

from app.casework.orders import Sort, SortColumn, find_sort
from app.casework.sorting import is_cursor_of

BAD_SORT = "並べ替えの指定を読み取れなかったため、いつもの順で表示しています。"
BAD_CURSOR = "ページの位置を読み取れなかったため、先頭から表示しています。"


def read_order(
    asked: Mapping[str, str], sorts: Mapping[str, tuple[SortColumn, ...]], default: Sort
) -> tuple[Sort, str, list[str]]:
    """Take order and place from an address; say in words what could not be read."""
    word, cursor = asked.get("sort", ""), asked.get("cursor", "")
    found = find_sort(word, sorts) if word else default
    problems = [] if found is not None else [BAD_SORT]
    sort = found or default
    if cursor and not is_cursor_of(cursor, sort):
        return sort, "", [*problems, BAD_CURSOR]
    return sort, cursor, problems


def list_url(arguments: Mapping[str, str]) -> str:
    """Address of the list with these filters and this order."""
    query = urlencode(arguments)
    return url_for("casework.index") + (f"?{query}" if query else "")


def case_url(receipt_number: str) -> str:
    """Address of a case (案件の画面); a page names fifty of them, all in the same place."""
    return _place_of_cases(request.script_root) + quote(receipt_number, safe="")


@lru_cache(maxsize=16)
def _place_of_cases(_script_root: str) -> str:
    # It changes with nothing but the place where the application is mounted.
    return url_for("casework.show", receipt_number="-").removesuffix("-")


def page_url(kept: Mapping[str, str], cursor: str | None) -> str | None:
    """Address of a neighbouring page of the list, None where there is none."""
    return None if cursor is None else list_url({**kept, "cursor": cursor})
