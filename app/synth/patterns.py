"""The sample cases that are copied, with every row that hangs on them (手本の案件)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select

from app.audit.models import AuditEvent
from app.extensions import Base, db
from app.notifications.models import AttemptResult

Row = dict[str, Any]

CASE = "proposal"
RELEASE = "reply_release"
MAIL = "outbox_message"
ATTEMPT = "delivery_attempt"
TRANSFER = "transfer"
# Reckoned from the texts anew (similar cases, suggestions), a page that somebody opened, or a
# thing that is about more than the case.
LEFT_OUT = frozenset(
    {
        "bulk_act_item",
        "candidate_case",
        "case_claim",
        "cluster_correction",
        "cluster_member",
        "conflict_of_interest",
        "consultation",
        "draft_start",
        "handoff_batch_case",
        "opened_proposal",
        "opinion_draft",
        "pair_verdict",
        "proposal_vector",
        "publication",
        "shown_suggestion",
        "similar_note",
        "study_note",
        "suggestion_verdict",
        "system_reading",
    }
)
# Columns that point to a row without a foreign key.
LOOSE_REFERENCES = {
    (CASE, "merged_into_id"): CASE,
    ("case_clock", "continues_id"): "case_clock",
    (MAIL, "about_id"): CASE,
}


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One case, or those that were merged, with their rows and entries of the trail (手本).

    The rows of a table stand in the order of their ids; `entries` in that of the trail.
    """

    cases: list[Row]
    rows: Mapping[str, list[Row]]
    entries: list[Row]

    @property
    def begins_at(self) -> datetime:
        """The first act (最初の操作)."""
        first: datetime = min(entry["occurred_at"] for entry in self.entries)
        return first

    @property
    def ends_at(self) -> datetime:
        """The last act (最後の操作)."""
        last: datetime = max(entry["occurred_at"] for entry in self.entries)
        return last

    @property
    def first_open_due(self) -> date | None:
        """The earliest deadline that still runs (進行中の期限); None when nothing is awaited."""
        due = [row["due_on"] for row in self.rows.get("case_clock", []) if row["ended_at"] is None]
        due += [case["due_on"] for case in self.cases if case["due_on"] is not None]
        return min(due, default=None)


@dataclass(kw_only=True)
class _Owned:
    """Which case each row belongs to (所属): table and key to the id of the case."""

    by_id: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    rows: dict[int, dict[str, list[Row]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, table: str, row: Row, case_id: int) -> None:
        self.rows[case_id][table].append(row)
        if "id" in row:
            self.by_id[table][row["id"]] = case_id


def copied_tables() -> list[Table]:
    """Tables whose rows hang on a case, parents first (写す表)."""
    names = {CASE}
    tables = []
    for table in Base.metadata.sorted_tables:
        hangs = any(key.column.table.name in names for key in table.foreign_keys)
        if table.name in LEFT_OUT or not (table.name in {CASE, RELEASE, MAIL} or hangs):
            continue
        names.add(table.name)
        tables.append(table)
    # News and releases have no foreign key to a case; a release comes before the replies it holds.
    return sorted(tables, key=lambda table: table.name not in {CASE, RELEASE})


def read_patterns() -> list[Pattern]:
    """Every sample case that can be copied, by id (手本).

    Not the ones on the list of candidates: a candidate belongs to its round.
    """
    cases = {row["id"]: row for row in _read(Base.metadata.tables[CASE])}
    listed = {row["proposal_id"] for row in _read(Base.metadata.tables["candidate_case"])}
    owned = _Owned()
    for table in copied_tables():
        if table.name != RELEASE:
            _own(table, owned)
    entries = _entries()
    groups = _groups(cases, owned)
    return [
        _pattern(group, cases, owned, entries)
        for group in groups
        if not listed.intersection(group) and all(cases[id_]["is_sample"] for id_ in group)
    ]


def _read(table: Table) -> list[Row]:
    rows = db.session.execute(select(table).order_by(*table.primary_key.columns))
    return [dict(row) for row in rows.mappings()]


def _own(table: Table, owned: _Owned) -> None:
    for row in _read(table):
        case_id = _owner(table, row, owned)
        if case_id is not None:
            owned.add(table.name, row, case_id)


def _owner(table: Table, row: Row, owned: _Owned) -> int | None:
    if table.name == CASE:
        found: int = row["id"]
        return found
    if table.name == MAIL:
        return row["about_id"] if row["about_type"] == CASE else None
    if "proposal_id" in row:
        owner: int | None = row["proposal_id"]
        return owner
    for key in table.foreign_keys:
        of_parent = owned.by_id.get(key.column.table.name, {})
        if key.column.name == "id" and row[key.parent.name] in of_parent:
            return of_parent[row[key.parent.name]]
    return None


def _entries() -> dict[int, list[Row]]:
    table = Base.metadata.tables[AuditEvent.__tablename__]
    found: dict[int, list[Row]] = defaultdict(list)
    for row in _read(table):
        if row["subject_type"] == CASE and row["subject_id"] is not None:
            found[row["subject_id"]].append(row)
    return found


def _groups(cases: Mapping[int, Row], owned: _Owned) -> list[list[int]]:
    """Cases that were merged belong together: the one that stayed, then what went into it."""
    absorbed: dict[int, list[int]] = defaultdict(list)
    for id_, case in cases.items():
        if case["merged_into_id"] is not None:
            absorbed[case["merged_into_id"]].append(id_)
    merges = {row["target_id"] for rows in owned.rows.values() for row in rows["case_merge"]}
    return [
        [id_, *absorbed[id_]]
        for id_, case in cases.items()
        if case["merged_into_id"] is None and (id_ not in merges or absorbed[id_])
    ]


def _pattern(
    group: list[int],
    cases: Mapping[int, Row],
    owned: _Owned,
    entries: Mapping[int, list[Row]],
) -> Pattern:
    names = {name for id_ in group for name in owned.rows[id_]}
    rows = {
        name: _in_order(row for id_ in group for row in owned.rows[id_][name]) for name in names
    }
    released = {row["release_id"] for row in rows.get("reply", []) if row["release_id"]}
    rows[RELEASE] = [row for row in _read(Base.metadata.tables[RELEASE]) if row["id"] in released]
    rows[ATTEMPT] = [_sent_once(mail) for mail in rows.get(MAIL, [])]
    in_order = sorted((row for id_ in group for row in entries[id_]), key=lambda row: row["seq"])
    return Pattern(cases=[cases[id_] for id_ in group], rows=rows, entries=in_order)


def _sent_once(mail: Row) -> Row:
    """How the copy of a letter went out (送信の記録), whatever became of the sample's own."""
    return {
        "id": mail["id"],
        "message_id": mail["id"],
        "number": 1,
        "started_at": mail["created_at"],
        "ended_at": mail["created_at"],
        "result": AttemptResult.SENT,
        "answer": "",
    }


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.get("id", 0))
