"""Pages of the log of what was read (閲覧の記録の画面)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, render_template, request
from sqlalchemy import ColumnElement

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.accounts.queries import find_user
from app.audit.reading import note_read
from app.core.access import roles
from app.core.errors import NotFound
from app.core.numbered_pages import read_numbered
from app.core.text import normalize_input
from app.proposals.models import Proposal
from app.proposals.queries import get_visible
from app.readings.queries import (
    CASE,
    NEWEST_FIRST,
    by_person,
    cases_of,
    count_readings,
    in_days,
    of_case,
    oldest_kept,
    people_of,
    readings,
)
from app.readings.words import words_of_part

blueprint = Blueprint("readings", __name__)

PAGE_SIZE = 50
NO_CASE = "受付番号「{text}」の案件は見つかりません。番号を確かめてください（例：R6-0012）。"
NO_PERSON = "ログイン名「{text}」の利用者はいません。ログイン名を確かめてください。"
NO_DAY = "日付「{text}」を読み取れません。2024-09-30 の形で入力してください。"
BACKWARDS = "終わりの日が、始まりの日より前です。日付を確かめてください。"
LONGEST_QUOTE = 20
EARLIEST, LATEST = date(1990, 1, 1), date(2999, 12, 31)


@dataclass(kw_only=True)
class _Asked:
    """What an address asks for (検索の条件), and what of it cannot be had."""

    texts: dict[str, str]
    proposal: Proposal | None = None
    person: User | None = None
    conditions: list[ColumnElement[bool]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@blueprint.get("/audit/readings")
@roles(Role.AUDITOR)
def index() -> str:
    """Who opened a case, or what a person opened (閲覧の記録). The search is noted itself."""
    actor = current_actor()
    asked = _read(request.args.to_dict(), actor)
    is_asked = bool(asked.conditions) and not asked.problems
    found = readings(actor, asked.conditions)
    total = count_readings(found) if is_asked else 0
    page = (
        read_numbered(found, NEWEST_FIRST, request.args, size=PAGE_SIZE, total=total)
        if is_asked
        else None
    )
    rows = page.rows if page else []
    note_read("read_log", 0)
    if asked.person is not None:
        note_read("user", asked.person.id)
    return render_template(
        "readings/index.html",
        asked=asked,
        is_asked=is_asked,
        rows=rows,
        total=total,
        previous=page.previous if page else None,
        next=page.next if page else None,
        people=people_of(rows),
        cases=cases_of(rows),
        case=CASE,
        oldest=oldest_kept(),
        words_of_part=words_of_part,
    )


def _read(args: Mapping[str, str], actor: User) -> _Asked:
    names = ("case", "person", "first", "last")
    asked = _Asked(texts={name: normalize_input(args.get(name, "")) for name in names})
    _read_case(asked, actor)
    _read_person(asked)
    days = [_read_day(asked, name) for name in ("first", "last")]
    first, last = days
    if first and last and last < first:
        asked.problems.append(BACKWARDS)
    # Days alone would go through everything: they narrow a case or a person.
    if asked.conditions:
        asked.conditions += in_days(first, last)
    return asked


def _read_case(asked: _Asked, actor: User) -> None:
    text = asked.texts["case"]
    if not text:
        return
    try:
        asked.proposal = get_visible(actor, text.upper())
    except NotFound:
        asked.problems.append(NO_CASE.format(text=text[:LONGEST_QUOTE]))
    else:
        asked.conditions.append(of_case(asked.proposal))


def _read_person(asked: _Asked) -> None:
    text = asked.texts["person"]
    if not text:
        return
    asked.person = find_user(text) if text.isprintable() else None
    if asked.person is None:
        asked.problems.append(NO_PERSON.format(text=text[:LONGEST_QUOTE]))
    else:
        asked.conditions.append(by_person(asked.person))


def _read_day(asked: _Asked, name: str) -> date | None:
    text = asked.texts[name]
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = EARLIEST
    if found is not None and not EARLIEST < found < LATEST:
        asked.problems.append(NO_DAY.format(text=text[:LONGEST_QUOTE]))
        return None
    return found
