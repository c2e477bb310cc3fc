"""Pages of the log of what was read (閲覧の記録の画面)."""

from flask import Blueprint, render_template, request
from sqlalchemy import ColumnElement

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.audit.reading import note_read
from app.core.access import roles
from app.core.numbered_pages import read_numbered
from app.readings.asked import Asked, read_asked
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
from app.readings.words import viewed_in, words_of_part

blueprint = Blueprint("readings", __name__)

PAGE_SIZE = 50


@blueprint.get("/audit/readings")
@roles(Role.AUDITOR)
def index() -> str:
    """Who opened a case, or what a person opened (閲覧の記録). The search is noted itself."""
    actor = current_actor()
    asked = read_asked(request.args.to_dict(), actor)
    conditions = _conditions(asked)
    is_asked = bool(conditions) and not asked.problems
    found = readings(actor, conditions)
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
        viewed_in=viewed_in,
    )


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.proposal is not None:
        found.append(of_case(asked.proposal))
    if asked.person is not None:
        found.append(by_person(asked.person))
    # Days alone would go through everything: they narrow a case or a person.
    return [*found, *in_days(asked.first, asked.last)] if found else []
