"""The list of the cases for programs (提案の一覧): filters and order of the page, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy import ColumnElement

from app.accounts.models import ApiToken, User
from app.api.cases import CaseLine, lines_of
from app.api.declared import CURSOR, LIMIT, OFFICE_FILTERS, SORT
from app.api.scope import cases_within, round_within
from app.casework import own_list
from app.casework.backlog_filter import holder_name
from app.casework.filters import conditions, filter_options, read_filters
from app.casework.orders import CASE_SORTS, OWN_SORTS, Sort, find_sort
from app.casework.queries import listed_cases
from app.casework.sorting import PAGE_SIZE, is_cursor_of, read_page
from app.core.errors import InvalidInput
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat
from app.rounds.models import Round

USUAL_SORT = "number"
FOR_OFFICE = "このパラメーターは、事務局のAPIトークンでだけ使えます。外してください"
NO_CHOICE = "この値は、この募集回では選べません。画面の絞り込みにある値を指定してください"
NO_SORT = "この並べ替えは、このAPIトークンでは使えません。外すか、ほかの並べ替えを指定してください"
BAD_CURSOR = "ページの位置を読み取れません。前の応答の next を、そのまま使ってください"


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """One page of the list (提案の一覧)."""

    items: Annotated[list[CaseLine], "提案"]
    next: Annotated[str | None, "次のページのアドレス（パス）。最後のページでは null"]


def case_page(token: ApiToken, asked: Mapping[str, str]) -> CasePage:
    """Read the page that a query asks for (提案の一覧). Raises InvalidInput, NotAllowed."""
    reader = token.user
    round_ = round_within(token, asked["round"])
    sort = _sort(reader, asked)
    narrowing = _narrowing(reader, round_, asked)
    statement = listed_cases(reader).where(
        Proposal.round_id == round_.id, *cases_within(token), *narrowing
    )
    page = read_page(
        statement,
        sort,
        asked.get(CURSOR.name, ""),
        total=0,
        size=int(asked.get(LIMIT.name, PAGE_SIZE)),
        begins_anew=False,
    )
    following = page.next_cursor
    rest = {name: value for name, value in asked.items() if name != CURSOR.name}
    return CasePage(
        items=lines_of(page.rows, round_, reader),
        next=_address({**rest, CURSOR.name: following}) if following else None,
    )


def _address(asked: Mapping[str, str]) -> str:
    return f"{url_for('api.proposals')}?{urlencode(asked)}"


def _sort(reader: User, asked: Mapping[str, str]) -> Sort:
    sorts = CASE_SORTS if reads_as_secretariat(reader) else OWN_SORTS
    sort = find_sort(asked.get(SORT.name, USUAL_SORT), sorts)
    if sort is None:
        raise InvalidInput({SORT.name: [NO_SORT]})
    cursor = asked.get(CURSOR.name, "")
    if cursor and not is_cursor_of(cursor, sort):
        raise InvalidInput({CURSOR.name: [BAD_CURSOR]})
    return sort


def _narrowing(reader: User, round_: Round, asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """Conditions of the filters, read by what reads those of the page (絞り込み)."""
    if not reads_as_secretariat(reader):
        _check_own(asked)
        return own_list.narrowed_own(reader, asked)[1]
    options = filter_options(reader, round_)
    wrong = [name for name, known in options.items() if asked.get(name, "") not in ("", *known)]
    holder = asked.get("holder", "")
    if holder and not holder_name(holder, options):
        wrong.append("holder")
    if wrong:
        raise InvalidInput({name: [NO_CHOICE] for name in wrong})
    filters, _problems = read_filters(asked, options)
    return conditions(filters, round_)


def _check_own(asked: Mapping[str, str]) -> None:
    """Refuse a body what its list cannot be narrowed by: it would tell of inner steps."""
    errors = {row.name: [FOR_OFFICE] for row in OFFICE_FILTERS if row.name in asked}
    if asked.get("state", "") not in ("", *own_list.STATE_OPTIONS):
        errors["state"] = [NO_CHOICE]
    if errors:
        raise InvalidInput(errors)
