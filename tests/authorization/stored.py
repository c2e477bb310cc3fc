"""What stands in the database (保存内容), to compare two posts with each other."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select

from app.extensions import Base

# Made anew at every post, whatever was sent.
BY_CHANCE = {
    "request_id",
    "entry_hash",
    "previous_hash",
    "last_hash",
    "public_id",
    "token_hash",
    "password_hash",
    "key",
    "code_hash",
    "salt",
    "second_factor.pending_secret",
    "late_access_code.code",
    "backlog_snapshot.made_at",
}
Rows = dict[str, list[tuple[Any, ...]]]


def keep(into: Rows) -> Callable[[Connection], None]:
    """A look at every table, without what chance makes unlike."""

    def look(connection: Connection) -> None:
        for table in Base.metadata.sorted_tables:
            columns = [row for row in table.columns if not {row.name, str(row)} & BY_CHANCE]
            found = connection.execute(select(*columns)).all()
            into[table.name] = sorted((tuple(row) for row in found), key=repr)

    return look
