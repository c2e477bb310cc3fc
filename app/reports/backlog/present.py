"""The backlog of now, counted by the database (現在の滞留): no row for each case of a round.

Whose move it is, is kept with the case (`keeping`); `queries` tells it case by case, as files,
lists and past instants need it. Both give the same figures: a test holds them against each other.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from app.accounts.models import User
from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.proposals.queries import sees_all_submitted
from app.reports.backlog import present_sql as sql
from app.reports.backlog.handoff_rows import MinistryLine, OfTerm, ministry_lines
from app.reports.backlog.keeping import holders_in_step
from app.reports.backlog.present_cases import Asked, begin_of_age, people_of, pool_of, shown
from app.reports.backlog.rows import BUCKETS, Holder, body_key, ministry_key
from app.reports.backlog.tally import Cell, Share, Tally
from app.rounds.models import Round
from app.workflow.handoffs import OWED_HANDOFF_STATES, TERMS_OF_HANDOFFS
from app.workflow.holders import HolderKind


class Present(NamedTuple):
    """The backlog of now counted (現在の滞留の件数), and hand-offs by destination (送付)."""

    tally: Tally
    ministries: tuple[MinistryLine, ...]


def present_backlog(round_: Round, reader: User | None) -> Present:
    """Count the backlog of a round as it stands (現在の滞留), what a reader may know of."""
    holders_in_step(db.session)
    asked = Asked(
        round=round_,
        reader=None if reader is None or sees_all_submitted(reader) else reader,
        day=clock.today(),
        calendar=office_calendar(),
    )
    groups = asked.rows(sql.GROUPS, **_begins())
    handoffs = asked.rows(sql.OF_MINISTRIES)
    bodies = asked.rows(sql.OF_BODIES)
    organizations = _organizations(asked, [*handoffs, *bodies])
    overdue_shown, oldest = shown(asked)
    tally = Tally(
        cells=list(_cells(round_, groups)),
        shares=[
            *_pools(asked, groups),
            *_of_people(asked),
            *_of_bodies(asked, bodies, organizations),
            *_of_ministries(asked, handoffs, organizations),
        ],
        overdue=sum(row.overdue for row in groups),
        extended=sum(row[0] for row in asked.rows(sql.EXTENDED)),
        overdue_shown=overdue_shown,
        oldest=oldest,
    )
    return Present(tally, _ministry_lines(asked, handoffs, organizations))


# --- Cases in groups ------------------------------------------------------------------------------


def _begins() -> dict[str, datetime]:
    """What came into its state before these instants is as old as a range of ages (区分の境)."""
    return {
        sql.begin_of(place): begin_of_age(bucket.first)
        for place, bucket in enumerate(BUCKETS)
        if place
    }


def _cells(round_: Round, groups: Iterable[Row[Any]]) -> Iterator[Cell]:
    keys = {row.id: row.key for row in round_.scheme.categories}
    places = range(1, len(BUCKETS))
    for row in groups:
        older = [row.cases, *(getattr(row, f"older_{place}") for place in places), 0]
        for place in range(len(BUCKETS)):
            cases = older[place] - older[place + 1]
            if cases:
                key = keys.get(row.category_id, "")
                yield Cell(row.state, key, place, row.holder_kind, cases)


# --- Shares of holders ----------------------------------------------------------------------------


def _pools(asked: Asked, groups: Iterable[Row[Any]]) -> Iterator[Share]:
    for row in groups:
        if row.holder_kind is HolderKind.POOL:
            yield _share(asked, HolderKind.POOL, pool_of(row.state), row)


def _of_people(asked: Asked) -> Iterator[Share]:
    rows = [*asked.rows(sql.OF_OWNERS), *asked.rows(sql.OF_ASSIGNED)]
    people = people_of({row.holder_id for row in rows})
    for row in rows:
        yield _share(asked, HolderKind.REVIEWER, people[row.holder_id], row)


def _organizations(asked: Asked, shares: Iterable[Row[Any]]) -> dict[int, Row[Any]]:
    ids = sorted({row.holder_id for row in shares})
    rows = db.session.connection().execute(sql.organizations(asked.day), {"ids": ids})
    return {row.id: row for row in rows}


def _of_bodies(
    asked: Asked, rows: Iterable[Row[Any]], organizations: dict[int, Row[Any]]
) -> Iterator[Share]:
    for row in rows:
        body = organizations[row.holder_id]
        yield _share(asked, HolderKind.BODY, Holder(body_key(body.code), body.name), row)


def _of_ministries(
    asked: Asked, handoffs: Iterable[Row[Any]], organizations: dict[int, Row[Any]]
) -> Iterator[Share]:
    for row in handoffs:
        if row.holder_kind is HolderKind.MINISTRY and row.handoff_state in OWED_HANDOFF_STATES:
            holder = Holder(ministry_key(row.holder_id), organizations[row.holder_id].name)
            yield _share(asked, HolderKind.MINISTRY, holder, row)


def _share(asked: Asked, kind: HolderKind, holder: Holder, row: Row[Any]) -> Share:
    return Share(kind, holder, row.state, row.cases, row.overdue, asked.age(row.since))


def _ministry_lines(
    asked: Asked, handoffs: Iterable[Row[Any]], organizations: dict[int, Row[Any]]
) -> tuple[MinistryLine, ...]:
    found: dict[tuple[int, str], list[OfTerm]] = {}
    for row in handoffs:
        ministry = (row.holder_id, organizations[row.holder_id].name)
        term = TERMS_OF_HANDOFFS[row.handoff_state]
        of_term = OfTerm(term, row.cases, row.late_handoffs, asked.age(row.sent_at))
        found.setdefault(ministry, []).append(of_term)
    return ministry_lines(found)
