"""The floor of the reports (床の集計): their SQL by hand, their figures added up in a loop.

The figures are those of the product's pages, as few questions as a careful engineer would ask. The
days on which offices are closed are told from outside: they are no rows of the database.
"""

import os
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

Rows = Callable[..., list[Any]]

JST = timezone(timedelta(hours=9))
FIRSTS = (6, 11, 21, 41)  # office days at which a range of ages begins
OVERDUE_SHOWN = 50
BODIES_SHOWN = 30
OLDEST_SHOWN = 10
UNSETTLED = (
    "('returned','submitted','accepted','in_review','in_confirmation','pending','classified')"
)
OWING = "('returned','submitted','accepted','in_review','in_confirmation','classified')"
IS_LATE = f"p.due_on < ? AND p.state IN {OWING}"
FIGURES = f"count(*), sum(CASE WHEN {IS_LATE} THEN 1 ELSE 0 END), min(p.state_since)"
OLDER = ", ".join(["sum(CASE WHEN p.state_since < ? THEN 1 ELSE 0 END)"] * len(FIRSTS))

GROUPS = f"""
SELECT p.state, p.category_id, p.holder_kind, {FIGURES}, {OLDER} FROM proposal p
WHERE p.round_id = ? AND p.state IN {UNSETTLED} GROUP BY p.state, p.category_id, p.holder_kind
"""  # noqa: S608 - our own words
EXTENDED = f"""
SELECT count(*) FROM case_clock c JOIN proposal p ON p.id = c.proposal_id
WHERE c.ended_at IS NULL AND {{}} AND p.round_id + 0 = ? AND p.state IN {UNSETTLED}
"""  # noqa: S608 - our own words
OWNERS = f"""
SELECT u.display_name, p.state, {FIGURES} FROM proposal p
JOIN user_account u ON u.id = p.pending_owner_id
WHERE p.round_id = ? AND p.state = 'pending' AND p.holder_kind = 'reviewer'
GROUP BY u.id, u.display_name, p.state
"""  # noqa: S608 - our own words
ASSIGNED = f"""
SELECT u.display_name, f.* FROM (
  SELECT a.reviewer_id, p.state, {FIGURES} FROM proposal p
  LEFT JOIN assignment a ON a.proposal_id = p.id AND a.ended_at IS NULL
  WHERE p.round_id = ? AND p.state IN ('in_review', 'in_confirmation', 'pending')
    AND p.holder_kind = 'reviewer' AND NOT (p.state = 'pending' AND p.pending_owner_id IS NOT NULL)
  GROUP BY a.reviewer_id, p.state
) f JOIN user_account u ON u.id = f.reviewer_id
"""  # noqa: S608 - our own words
BODIES = f"""
SELECT o.name, f.* FROM (
  SELECT p.organization_id, p.state, {FIGURES} FROM proposal p
  WHERE p.round_id = ? AND p.state IN ('returned', 'classified') AND p.holder_kind = 'body'
  GROUP BY p.organization_id + 0, p.organization_id, p.state
) f JOIN organization o ON o.id = f.organization_id
"""  # noqa: S608 - our own words
MINISTRIES = f"""
SELECT o.name, f.* FROM (
  SELECT h.destination_id, p.state, {FIGURES}, p.holder_kind, h.state AS handoff_state,
         sum(CASE WHEN h.state IN ('sent', 'acknowledged') AND h.due_on < ? THEN 1 ELSE 0 END),
         min(h.sent_at)
  FROM handoff h JOIN proposal p ON p.id = h.proposal_id
  WHERE p.round_id + 0 = ? AND h.ended_at IS NULL
    AND h.state IN ('sent', 'acknowledged', 'answered')
  GROUP BY h.destination_id, p.state, p.holder_kind, h.state
) f JOIN organization o ON o.id = f.destination_id
"""  # noqa: S608 - our own words
CASE_COLUMNS = """
p.id, p.receipt_number, p.title, p.state, c.code, p.state_since, p.due_on, p.holder_kind, o.name,
u.display_name, k.is_extended
"""
CASE_TABLES = """
JOIN organization o ON o.id = p.organization_id LEFT JOIN category c ON c.id = p.category_id
LEFT JOIN user_account u ON u.id = p.pending_owner_id
LEFT JOIN case_clock k ON k.proposal_id = p.id AND k.ended_at IS NULL
"""
OVERDUE = f"""
SELECT {CASE_COLUMNS} FROM proposal p {CASE_TABLES}
WHERE p.round_id = ? AND p.due_on < ? AND (p.state || '') IN {OWING}
ORDER BY p.due_on, p.receipt_number LIMIT {OVERDUE_SHOWN}
"""  # noqa: S608 - our own words
OLDEST = f"""
SELECT {CASE_COLUMNS} FROM proposal p {CASE_TABLES} WHERE p.id IN (
  SELECT id FROM proposal WHERE round_id = ? AND state IN {UNSETTLED}
  ORDER BY state_since, id LIMIT {OLDEST_SHOWN}
) ORDER BY p.state_since, p.receipt_number
"""  # noqa: S608 - our own words
REVIEWERS = """
SELECT a.proposal_id, u.display_name FROM assignment a JOIN user_account u ON u.id = a.reviewer_id
WHERE a.ended_at IS NULL AND a.proposal_id IN ({marks}) ORDER BY a.id
"""
AT_MINISTRIES = """
SELECT h.proposal_id, o.name FROM handoff h JOIN organization o ON o.id = h.destination_id
WHERE h.ended_at IS NULL AND h.proposal_id IN ({marks}) ORDER BY h.id
"""
COUNTED_ANEW = f"SELECT count(*) FROM proposal WHERE round_id = ? AND state IN {UNSETTLED}"  # noqa: S608
OF_BACKLOG = f"CASE WHEN e.{{0}} IN {UNSETTLED} OR e.{{0}} LIKE 'classified%' THEN 1 ELSE 0 END"
CAME, LEFT = OF_BACKLOG.format("to_state"), OF_BACKLOG.format("from_state")
MOVED = f"""
SELECT sum({CAME} - {LEFT}) FROM audit_event e JOIN proposal p ON p.id = e.subject_id
WHERE e.subject_type || '' = 'proposal' AND e.to_state IS NOT NULL AND e.occurred_at >= ?
  AND {CAME} <> {LEFT} AND p.round_id + 0 = ?
"""  # noqa: S608 - our own words

COUNTED = "round_id = ? AND state NOT IN ('draft', 'withdrawn') AND branch_number = 1"
CLASSES = f"""
SELECT state, category_id, count(*) FROM proposal WHERE {COUNTED} GROUP BY state, category_id
"""  # noqa: S608 - our own words
FOLLOWED = """
SELECT p.state, p.category_id, t.state, t.category_id, count(*)
FROM proposal p JOIN proposal t ON t.id = p.merged_into_id
WHERE p.round_id = ? AND p.state = 'merged' AND p.branch_number = 1
  AND t.state NOT IN ('draft', 'withdrawn')
GROUP BY p.state, p.category_id, t.state, t.category_id
"""
# As the product: without the sum SQLite reads every case in the order of the bodies.
BODIES_BEHIND = f"SELECT count(DISTINCT organization_id + 0) FROM proposal WHERE {COUNTED}"  # noqa: S608
WHOLE = f"SELECT count(*) FROM proposal WHERE {COUNTED}"  # noqa: S608
CATEGORIES = """
SELECT c.id, c.code, c.label, c.response_policy, c.group_code FROM category c
JOIN round r ON r.scheme_id = c.scheme_id WHERE r.id = ? ORDER BY c.position
"""
PUBLISHED = "SELECT name, value FROM published_figure WHERE round_id = ?"


class Days:
    """Days on which offices are open (開庁日), to count by."""

    def __init__(self, closed: str) -> None:
        self.today = present().astimezone(JST).date()
        known = set(filter(None, closed.split(",")))
        first = self.today - timedelta(days=400)
        days = [first + timedelta(days=number) for number in range(401)]
        self.open = [day for day in days if day.weekday() < 5 and day.isoformat() not in known]

    def since(self, moment: Any) -> int:
        """Office days after the day of an instant."""
        return self.between(instant(moment).astimezone(JST).date())

    def between(self, day: date) -> int:
        """Office days after a day, up to today."""
        return len(self.open) - bisect_right(self.open, day)

    def begins(self) -> list[datetime]:
        """What came before these instants belongs to the ranges of ages after the first."""
        days = [self.open[-first] for first in FIRSTS]
        return [datetime(day.year, day.month, day.day, tzinfo=JST) for day in days]


def present() -> datetime:
    """This instant."""
    return datetime.fromtimestamp(time.time(), UTC)


def instant(value: Any) -> datetime:
    """An instant, which is text on SQLite."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def a_day(value: Any) -> date:
    """A date, which is text on SQLite."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def backlog(rows: Rows, round_id: int, *, is_sqlite: bool) -> dict[str, Any]:
    """All that the page of the backlog shows."""
    days = Days(os.environ.get("FLOOR_CLOSED_DAYS", ""))
    today: Any = days.today.isoformat() if is_sqlite else days.today

    def said(moment: datetime) -> Any:
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if is_sqlite else moment

    groups = rows(GROUPS, today, *map(said, days.begins()), round_id)
    codes = {row[0]: row[1] for row in rows(CATEGORIES, round_id)}
    lines: dict[str, list[int]] = defaultdict(lambda: [0] * (len(FIRSTS) + 1))
    kinds: Counter[str] = Counter()
    for state, category_id, kind, cases, _late, _since, *older in groups:
        kinds[kind] += cases
        edges = [cases, *older, 0]
        for place in range(len(FIRSTS) + 1):
            lines[codes.get(category_id, state)][place] += edges[place] - edges[place + 1]
    ministries = [(row[0], *row[2:]) for row in rows(MINISTRIES, today, today, round_id)]
    holders = {
        "people": rows(OWNERS, today, round_id)
        + [(row[0], *row[2:]) for row in rows(ASSIGNED, today, round_id)],
        "pools": [
            ("form" if row[0] == "submitted" else "lead", row[0], *row[3:6])
            for row in groups
            if row[2] == "pool"
        ],
        "bodies": [(row[0], *row[2:]) for row in rows(BODIES, today, round_id)],
        "ministries": [row[:5] for row in ministries if row[5] == "ministry"],
    }
    more = rows(MOVED, said(present() - timedelta(days=7)), round_id)[0][0]
    extended = EXTENDED.format("c.is_extended = 1" if is_sqlite else "c.is_extended")
    whole = rows(COUNTED_ANEW, round_id)[0][0]
    return {
        "lines": lines,
        "kinds": kinds,
        "overdue": sum(row[4] for row in groups),
        "extended": rows(extended, round_id)[0][0],
        "holders": {kind: _by_holder(found, days) for kind, found in holders.items()},
        "handoffs": _by_ministry(ministries, days),
        "whole": whole,
        "week_ago": whole - (more or 0),
        "late": _cases(rows, rows(OVERDUE, round_id, today), days),
        "oldest": _cases(rows, rows(OLDEST, round_id), days),
        "bodies_shown": BODIES_SHOWN,
    }


def _by_holder(found: list[Any], days: Days) -> list[tuple[str, int, int, int, int, int]]:
    shares: dict[str, list[Any]] = defaultdict(list)
    for name, *share in found:
        shares[name].append(share)
    lines = []
    for name, own in shares.items():
        by_state: Counter[str] = Counter()
        for state, cases, *_rest in own:
            by_state[state] += cases
        review, confirmation = by_state["in_review"], by_state["in_confirmation"]
        oldest = max(days.since(share[3]) for share in own)
        late = sum(share[2] for share in own)
        lines.append((name, review, confirmation, by_state.total(), late, oldest))
    return sorted(lines, key=lambda line: (-line[3], line[0]))


def _by_ministry(found: list[Any], days: Days) -> list[tuple[str, Counter[str], int, int]]:
    shares: dict[str, list[Any]] = defaultdict(list)
    for row in found:
        shares[row[0]].append(row)
    lines = []
    for name, own in shares.items():
        terms: Counter[str] = Counter()
        for row in own:
            terms[row[6]] += row[2]
        oldest = max(days.since(row[8]) for row in own)
        lines.append((name, terms, sum(row[7] for row in own), oldest))
    return sorted(lines, key=lambda line: (-line[1].total(), line[0]))


def _cases(rows: Rows, found: list[Any], days: Days) -> list[dict[str, Any]]:
    ids = [row[0] for row in found]
    marks = ",".join("?" * len(ids)) or "NULL"
    named: dict[int, list[str]] = {}
    for statement in (REVIEWERS, AT_MINISTRIES):
        for case_id, name in rows(statement.format(marks=marks), *ids):
            named.setdefault(case_id, []).append(name)
    return [
        {
            "number": row[1],
            "title": row[2],
            "state": row[3],
            "code": row[4],
            "age": days.since(row[5]),
            "due_on": row[6],
            "overdue": days.between(a_day(row[6])) if row[6] else 0,
            "holder": row[8] if row[7] == "body" else row[9] or "、".join(named.get(row[0], ())),
            "is_extended": row[10],
        }
        for row in found
    ]


def classification(rows: Rows, round_id: int) -> dict[str, Any]:
    """All that the table of classes shows."""
    counts: Counter[tuple[str, int | None]] = Counter()
    for state, category_id, number in rows(CLASSES, round_id):
        counts[state, category_id] += number
    for state, category_id, into_state, into_id, number in rows(FOLLOWED, round_id):
        counts[state, category_id] -= number
        counts[into_state, into_id] += number
    whole = counts.total()
    of_class: Counter[int] = Counter()
    of_state: Counter[str] = Counter()
    for (state, category_id), number in counts.items():
        if category_id is None:
            of_state[state] += number
        else:
            of_class[category_id] += number
    lines = [
        (*row[1:], of_class[row[0]], of_class[row[0]] / whole if whole else 0)
        for row in rows(CATEGORIES, round_id)
    ]
    groups: Counter[str] = Counter()
    for line in lines:
        groups[line[3]] += line[4]
    return {
        "lines": lines,
        "groups": groups,
        "pending": of_state.pop("pending", 0),
        "undecided": of_state,
        "whole": whole,
        "counted_anew": rows(WHOLE, round_id)[0][0],
        "bodies": rows(BODIES_BEHIND, round_id)[0][0],
        "published": dict(rows(PUBLISHED, round_id)),
    }
