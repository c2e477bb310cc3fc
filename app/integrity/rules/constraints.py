"""Whether every row keeps the rules of its table, and points to rows that exist (制約・参照)."""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    Table,
    TextClause,
    and_,
    literal_column,
    not_,
    or_,
    select,
)

from app.extensions import Base
from app.integrity.findings import Tally
from app.integrity.snapshot import stream

TODO = "行を直さず、ログと監査証跡で原因を確かめ、正しいバックアップと比べてください"
# Pointers without a foreign key of the database (外部キーのない参照): column → table pointed to.
POINTERS = {
    "proposal.merged_into_id": "proposal",
    "proposal.edited_by_id": "user_account",
    "proposal.pending_owner_id": "user_account",
    "case_clock.continues_id": "case_clock",
    "outbox_message.stopped_by_id": "user_account",
}


def look_at_constraints(connection: Connection, tally: Tally) -> None:
    """Judge every row by the CHECK constraints of its table, read anew (表の制約)."""
    for table in Base.metadata.sorted_tables:
        checks = [row for row in table.constraints if isinstance(row, CheckConstraint)]
        if not checks:
            continue
        tally.look(len(checks))
        broken = [not_(_condition(check)) for check in checks]
        labels = [condition.label(f"broken_{number}") for number, condition in enumerate(broken)]
        statement = select(*table.primary_key, *labels).where(or_(*broken))
        size = len(table.primary_key)
        for row in stream(connection, statement):
            names = [_name(check) for check, flag in zip(checks, row[size:], strict=True) if flag]
            tally.add(_place(table, row[:size]), f"制約 {'、'.join(names)} に反する", TODO)


def look_at_references(connection: Connection, tally: Tally) -> None:
    """Look for rows that point to a row that is not there (参照先のない行)."""
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=_name):
            tally.look()
            pairs = [(part.parent, part.column) for part in key.elements]
            _look_for_lost(connection, tally, table, pairs)
    for place, target in POINTERS.items():
        tally.look()
        name, _dot, column = place.partition(".")
        table = Base.metadata.tables[name]
        pair = (table.c[column], Base.metadata.tables[target].c.id)
        _look_for_lost(connection, tally, table, [pair])


def _look_for_lost(
    connection: Connection,
    tally: Tally,
    table: Table,
    pairs: list[tuple[Column[Any], Column[Any]]],
) -> None:
    target = pairs[0][1].table.alias("target")
    is_met = and_(*(own == target.c[other.name] for own, other in pairs))
    first = target.c[pairs[0][1].name]
    statement = (
        select(*table.primary_key, *(own for own, _other in pairs))
        .select_from(table.outerjoin(target, is_met))
        .where(first.is_(None), *(own.is_not(None) for own, _other in pairs))
    )
    size = len(table.primary_key)
    for row in stream(connection, statement):
        columns = "、".join(own.name for own, _other in pairs)
        told = "、".join(str(value) for value in row[size:])
        tally.add(
            _place(table, row[:size]),
            f"{columns} の指す {pairs[0][1].table.name} {told} がない",
            TODO,
        )


def _condition(check: CheckConstraint) -> ColumnElement[bool]:
    # Unknown counts as kept, as the databases have it: NOT of it is unknown, too.
    sql = check.sqltext
    return sql if not isinstance(sql, TextClause) else literal_column(f"({sql.text})", Boolean())


def _name(constraint: CheckConstraint | ForeignKeyConstraint) -> str:
    return str(constraint.name)


def _place(table: Table, key: Any) -> str:
    return f"{table.name} {'-'.join(str(value) for value in key)}"
