"""A canary in every text (カナリア): each names its row, so that a leak tells where it came from.

The columns are those of the inventory of texts (`app/personal_data/inventory`) and thus of the
metadata: one that is added is seeded without a word here, and its row belongs to whoever owns the
case or the body at the end of its keys.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    LargeBinary,
    String,
    Table,
    bindparam,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from app.core.storage import store
from app.extensions import Base
from app.files.models import StoredFile
from app.personal_data.inventory.columns import CODES, MADE, WORDS
from app.personal_data.inventory.fields import INVENTORY
from app.search_index.rebuild import rebuild

TOKEN = re.compile(r"kn\d+z(\d+)q")
# Words of the inventory that a body writes for itself, and is thus asked about.
OWN_WORDS = {
    "correction_request.letter",
    "import_run.failure",
    "office_closure.name",
    "saved_list.name",
}
SECRET = {"認証の情報", "ログイン・閲覧の接続元"}
# Read back by the program as what they are: a login, a key made of an address, the index itself;
# and the trail, which nobody can change.
NO_TEXT = {
    "audit_event.actor_label",
    "audit_event.reason",
    "invitation.email_key",
    "saved_list.query",
    "search_document.folded",
    "search_document.grams",
    "user_account.login",
    "user_account.name_key",
}
# Written together with an instant alone.
WITH_ANOTHER = {"outbox_message.stop_reason"}
TABLES = Base.metadata.tables
FILE_ROWS = f"{StoredFile.__tablename__}.content"


@dataclass(frozen=True)
class Owners:
    """To whom a row belongs: cases and bodies at the end of its keys."""

    cases: frozenset[int] = frozenset()
    bodies: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cases | self.bodies)

    def __or__(self, other: "Owners") -> "Owners":
        return Owners(self.cases | other.cases, self.bodies | other.bodies)


@dataclass(frozen=True)
class Canary:
    """One text of one row."""

    place: str
    owners: Owners
    row: int


@dataclass
class Canaries:
    """All that were put, by their number."""

    put: list[Canary] = field(default_factory=list)

    def token(self, place: str, owners: Owners, row: int) -> str:
        """The word for a text of a row; its beginning is that of all texts of the body."""
        self.put.append(Canary(place, owners, row))
        return f"{beginning(min(owners.bodies, default=0))}{len(self.put) - 1}q"

    def seen_in(self, text: str) -> set[Canary]:
        """Whose words stand in a text."""
        return {self.put[int(number)] for number in TOKEN.findall(text)}

    @property
    def places(self) -> set[str]:
        """The columns that hold one."""
        return {canary.place for canary in self.put}


def beginning(body: int) -> str:
    """What all the words of a body begin with: what a search is asked for."""
    return f"kn{body}z"


def text_columns() -> set[str]:
    """Every column that holds what somebody wrote, as `table.column`."""
    left_out = {place for row in INVENTORY if row.label in SECRET for place in row.places}
    for tables in (CODES, WORDS, MADE):
        left_out |= {
            f"{name}.{column}" for name, names in tables.items() for column in names.split()
        }
    stored = {
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if _is_text(column)
    }
    return stored & OWN_WORDS | stored - left_out - NO_TEXT


def _is_text(column: Column[Any]) -> bool:
    is_text = isinstance(column.type, String | JSON | LargeBinary)
    return is_text and not hasattr(column.type, "enums") and not column.foreign_keys


# --- Whose a row is -----------------------------------------------------------------------------

# Their rows are of the person alone, and of that person's body.
OF_PERSON = {"outbox_message", "read_log"}


class Ownership:
    """Cases and bodies at the end of the keys of every row (持ち主)."""

    def __init__(self, connection: Connection) -> None:
        self._of: dict[str, dict[int, Owners]] = defaultdict(dict)
        for table in Base.metadata.sorted_tables:
            owned = self._of[table.name]
            for row in connection.execute(select(table)).mappings():
                number = row[_number(table)]
                owned[number] = owned.get(number, Owners()) | self._at_end_of_keys(table, row)

    def of_row(self, table: Table, row: Any) -> Owners:
        """To whom a row belongs."""
        return self._of[table.name][row[_number(table)]]

    def _at_end_of_keys(self, table: Table, row: Any) -> Owners:
        if table.name == "organization":
            return Owners(bodies=frozenset({row["id"]}))
        found = Owners(cases=frozenset({row["id"]} if table.name == "proposal" else ()))
        for name, owner in owning_keys(table):
            found |= self._of[owner].get(row[name], Owners())
        return found


def _number(table: Table) -> str:
    return "id" if "id" in table.columns else next(iter(table.primary_key.columns)).name


@cache
def owning_keys(table: Table) -> list[tuple[str, str]]:
    """The keys of a table that lead to an owner, with the table each leads to."""
    return [
        (column.name, key.column.table.name)
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is not table
        and key.column.name in ("id", "proposal_id")
        and (key.column.table.name != "user_account" or table.name in OF_PERSON)
        and is_owned(key.column.table)
    ]


def is_owned(table: Table) -> bool:
    """Whether rows of a table belong to a case or a body at all."""
    return table.name in ("proposal", "organization") or bool(owning_keys(table))


# --- Putting them -------------------------------------------------------------------------------


def seed(connection: Connection) -> Canaries:
    """Put a word into every text that has an owner, into every file, and find them by search."""
    ownership, canaries = Ownership(connection), Canaries()
    for place in sorted(text_columns()):
        table = TABLES[place.partition(".")[0]]
        rows = list(connection.execute(select(table)).mappings())
        owned = [row for row in rows if ownership.of_row(table, row)]
        _put(connection, canaries, ownership, table.c[place.partition(".")[2]], owned)
    _fill_files(connection, canaries, ownership)
    rebuild()
    return canaries


def _put(
    connection: Connection,
    canaries: Canaries,
    ownership: Ownership,
    column: Column[Any],
    rows: list[Any],
) -> None:
    """Into the texts that are there; and into the empty ones, where those may be filled."""
    table, keys = column.table, list(column.table.primary_key.columns)
    statement = (
        update(table)
        .where(*(key == bindparam(f"key_{key.name}") for key in keys))
        .values({column.name: bindparam("marked")})
    )
    for is_empty in (False, True):
        before, parameters = len(canaries.put), []
        if is_empty and _stays_empty(column):
            continue
        for row in (row for row in rows if (not row[column.name]) is is_empty):
            owners = ownership.of_row(table, row)
            word = canaries.token(str(column), owners, row[_number(table)])
            value = marked(row[column.name], word, getattr(column.type, "length", None))
            if TOKEN.search(str(value)):
                named = {f"key_{key.name}": row[key.name] for key in keys}
                parameters.append({**named, "marked": value})
            else:
                canaries.put.pop()
        if parameters and not _is_taken(connection, statement, parameters):
            del canaries.put[before:]


def _stays_empty(column: Column[Any]) -> bool:
    """Whether a word alone would be what the product never writes: a page may take it to pieces."""
    is_of_parts = column.name == "email" or isinstance(column.type, JSON)
    return is_of_parts or str(column) in WITH_ANOTHER


def _is_taken(connection: Connection, statement: Any, parameters: list[dict[str, Any]]) -> bool:
    kept = connection.begin_nested()
    try:
        connection.execute(statement, parameters)
    except DBAPIError:
        kept.rollback()
        return False
    kept.commit()
    return True


def marked(value: Any, word: str, length: int | None = None) -> Any:
    """A text, or each text of a structure, with the word before it."""
    if isinstance(value, bytes):
        return word.encode() + value
    if isinstance(value, str | None):
        return (word + (value or ""))[:length]
    if isinstance(value, dict):
        return {key: _marked_within(each, word) for key, each in value.items()}
    if isinstance(value, list):
        return [_marked_within(each, word) for each in value]
    return value


def _marked_within(value: Any, word: str) -> Any:
    """Codes and dates of a structure stay what they are; what a person wrote is not of ASCII."""
    is_words = isinstance(value, str) and not value.isascii()
    return marked(value, word) if is_words or isinstance(value, dict | list) else value


def _fill_files(connection: Connection, canaries: Canaries, ownership: Ownership) -> None:
    table = StoredFile.__table__
    for row in list(connection.execute(select(table)).mappings()):
        word = canaries.token(FILE_ROWS, ownership.of_row(table, row), row["id"])
        sha256, size = store().put(BytesIO(f"項目,値\r\n{word},1\r\n".encode()))
        values = {"sha256": sha256, "size_bytes": size, "media_type": "text/csv"}
        connection.execute(update(table).where(table.c.id == row["id"]).values(values))
