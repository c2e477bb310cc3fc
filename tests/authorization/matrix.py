"""The matrix (権限表): every door × reader × situation, kept in matrix.csv and compared with it.

`python -m tests.authorization write [endpoint …]` asks anew, for all doors or those named, and
writes the table; whoever changes a right reads the difference line by line before it is kept.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from flask import Flask

from app.core.access import audience_of
from tests.architecture.test_endpoints import Door, doors
from tests.authorization.bodies import Body, forms_of
from tests.authorization.probing import Cell, Prober, sign
from tests.authorization.worlds import READERS

TABLE = Path(__file__).with_name("matrix.csv")
AUDIENCES = Path(__file__).with_name("audiences.csv")
# Doors that stand in the map and not yet in the table; only ever shorter.
UNASKED = Path(__file__).with_name("unasked.csv")
HEAD = ("endpoint", "method", "situations", "form", *READERS)
LEFT_OUT = ("static",)


@dataclass(frozen=True)
class Row:
    """Answers of one door in situations that are alike; `form` names the page the body is from."""

    endpoint: str
    method: str
    situations: tuple[str, ...]
    form: str
    signs: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Which door it is."""
        return self.endpoint, self.method

    def expected(self, reader: str) -> str:
        """Sign of the answer to a reader."""
        return self.signs[list(READERS).index(reader)]


def read_table() -> list[Row]:
    """The table as it is kept."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))[1:]
    return [
        Row(endpoint, method, tuple(situations.split()), form, tuple(signs))
        for endpoint, method, situations, form, *signs in lines
    ]


def write_table(rows: Iterable[Row]) -> None:
    """Keep the table, doors in order."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        for row in sorted(rows, key=lambda row: row.key):
            situations = " ".join(row.situations)
            writer.writerow((row.endpoint, row.method, situations, row.form, *row.signs))


def read_unasked() -> set[tuple[str, str]]:
    """Doors that nobody has asked at yet."""
    with UNASKED.open(encoding="utf-8", newline="") as file:
        return {(endpoint, method) for endpoint, method in list(csv.reader(file))[1:]}


def write_unasked(keys: Iterable[tuple[str, str]]) -> None:
    """Keep the doors that nobody has asked at yet."""
    with UNASKED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("endpoint", "method"), *sorted(keys)])


def asked_doors(prober: Prober) -> list[Door]:
    """Every door of the map but the static files, which everybody gets."""
    return [door for door in _doors(prober.app) if door.endpoint not in LEFT_OUT]


@cache
def _doors(app: Flask) -> list[Door]:
    return doors(app)


def audiences(app: Flask) -> dict[str, str]:
    """Whom every endpoint declares to let in, roles in order."""
    found = {name: audience_of(app, name) for name in app.view_functions}
    return {
        name: audience if isinstance(audience, str) else " ".join(sorted(map(str, audience)))
        for name, audience in found.items()
    }


def read_audiences() -> dict[str, str]:
    """The declared audiences as they were looked through (入口の一覧)."""
    with AUDIENCES.open(encoding="utf-8", newline="") as file:
        return dict(list(csv.reader(file))[1:])


def write_audiences(app: Flask) -> None:
    """Keep the audiences, endpoints in order."""
    with AUDIENCES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("endpoint", "audience"))
        writer.writerows(sorted(audiences(app).items()))


# --- Asking -------------------------------------------------------------------------------------


def ask_all(prober: Prober, wanted: Sequence[Door]) -> Iterator[Row]:
    """Ask at the doors in every situation as every reader: pages first, for their forms."""
    sources: dict[str, tuple[Cell, Body]] = {}
    for door in sorted(wanted, key=lambda door: door.method != "GET"):
        found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for situation in prober.situations(door):
            source = sources.get(prober.path(door, situation)) if door.method != "GET" else None
            signs = _signs(prober, door, situation, source[1] if source else None, sources)
            form = f"{source[0].door.endpoint}@{source[0].reader}" if source else ""
            found.setdefault((form, signs), []).append(situation)
        for (form, signs), situations in found.items():
            yield Row(door.endpoint, door.method, tuple(situations), form, signs)


def _signs(
    prober: Prober,
    door: Door,
    situation: str,
    body: Body | None,
    sources: dict[str, tuple[Cell, Body]],
) -> tuple[str, ...]:
    signs = []
    for reader in READERS:
        cell = Cell(door, situation, reader)
        # Whom the first gate keeps out is written down unasked; the comparison asks.
        if not prober.may_enter(door, reader):
            signs.append("L" if reader == "nobody" else "x")
            continue
        answer = prober.ask(cell, body)
        signs.append(sign(answer))
        if door.method == "GET" and signs[-1] == "o" and answer.mimetype == "text/html":
            for path, content in forms_of(prober.path(door, situation), answer.text).items():
                sources.setdefault(path, (cell, content))
    return tuple(signs)


# --- Comparing ----------------------------------------------------------------------------------


def sample(rows: Sequence[Row], share: int) -> Iterator[tuple[Row, str, str]]:
    """Of every `share`-th door one row with one reader for each sign; of 0, everything.

    Chance is the name of the door: the same today and tomorrow, on this machine and that.
    """
    if share == 0:
        yield from (
            (row, place, who) for row in rows for place in row.situations for who in READERS
        )
        return
    by_door: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_door.setdefault(row.key, []).append(row)
    for key, of_door in by_door.items():
        number = crc32("".join(key).encode())
        if number % share:
            continue
        row = of_door[number % len(of_door)]
        readers = list(READERS)[number % len(READERS) :] + list(READERS)
        one_a_sign = {row.expected(reader): reader for reader in reversed(readers)}
        for reader in one_a_sign.values():
            yield row, row.situations[number % len(row.situations)], reader


def differences(prober: Prober, asked: Iterable[tuple[Row, str, str]]) -> list[str]:
    """Where an answer is not the one of the table, in words."""
    by_key = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    found = []
    for row, situation, reader in asked:
        cell = Cell(by_key[row.key], situation, reader)
        answered = sign(prober.ask(cell, body_for(prober, row, cell, by_key)))
        if answered != row.expected(reader):
            found.append(
                f"{row.method} {row.endpoint} {situation} as {reader}: "
                f"{answered} instead of {row.expected(reader)}"
            )
    return found


def body_for(
    prober: Prober, row: Row, cell: Cell, by_key: dict[tuple[str, str], Door]
) -> Body | None:
    """What the form of the row would send, read from the page that shows it."""
    if not row.form:
        return None
    page, reader = row.form.split("@")
    door = by_key[page, "GET"]
    situation = cell.situation if cell.situation in prober.situations(door) else ""
    place = situation or prober.situations(door)[0]
    return prober.forms(Cell(door, place, reader)).get(prober.path(cell.door, cell.situation))
