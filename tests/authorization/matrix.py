"""The matrix (権限表): every door × reader × situation, kept in matrix.csv and compared with it.

`python -m tests.authorization write [endpoint …]` asks anew, for all doors or those named, and
writes the table; whoever changes a right reads the difference line by line before it is kept.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zlib import crc32

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.core.access import audience_of
from tests.architecture.test_endpoints import Door, doors
from tests.authorization.bodies import Body, forms_of
from tests.authorization.probing import Cell, Prober, sign
from tests.authorization.worlds import READERS
from tests.core.test_headers import faults_of

TABLE = Path(__file__).with_name("matrix.csv")
AUDIENCES = Path(__file__).with_name("audiences.csv")
HEAD = ("endpoint", "method", "situations", "form", *READERS)
LEFT_OUT = ("static",)
SCOUTS = (
    "manager",
    "officer",
    "second",
    "lead",
    "ministry",
    "coordinator",
    "admin",
    "partner",
    "foreign",
)


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
    """Ask at the doors in every situation as every reader: pages first, for their forms.

    Where nobody is let through in the usual situations, the others of the world are tried until
    somebody is: a row of refusals alone would hold without any guard.
    """
    sources = Sources(prober)
    for door in sorted(wanted, key=lambda door: door.method != "GET"):
        found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for situation in prober.situations(door):
            form, signs = _ask_in(prober, door, situation, sources)
            found.setdefault((form, signs), []).append(situation)
        if not any(is_let_through(signs) for _, signs in found):
            for situation in prober.further_situations(door):
                if not _is_open_to_a_scout(prober, door, situation, sources):
                    continue
                form, signs = _ask_in(prober, door, situation, sources)
                if is_let_through(signs):
                    found.setdefault((form, signs), []).append(situation)
                    break
        for (form, signs), situations in found.items():
            yield Row(door.endpoint, door.method, tuple(situations), form, signs)


def is_let_through(signs: Iterable[str]) -> bool:
    """Whether somebody saw the page or did the act."""
    return not {"o", ">"}.isdisjoint(signs)


@dataclass
class Sources:
    """Forms by the address they post to, with the cell of the page that showed them."""

    prober: Prober
    by_path: dict[str, tuple[Cell, Body]] = field(default_factory=dict)
    pages: dict[str, set[str]] = field(default_factory=dict)
    looked_at: set[Cell] = field(default_factory=set)

    def take(self, page: Cell, answer: TestResponse) -> None:
        """Remember the forms of a page."""
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return
        for path, content in forms_of(
            self.prober.path(page.door, page.situation), answer.text
        ).items():
            self.by_path.setdefault(path, (page, content))
            self.pages.setdefault(_endpoint_of(self.prober, path), set()).add(page.door.endpoint)

    def of(self, door: Door, situation: str) -> tuple[Cell, Body] | None:
        """The form for a door: of a page seen before, or of one that shows it elsewhere."""
        path = self.prober.path(door, situation)
        if path not in self.by_path:
            self._look_for(door, situation)
        return self.by_path.get(path)

    def _look_for(self, door: Door, situation: str) -> None:
        path = self.prober.path(door, situation)
        known = self.pages.get(door.endpoint, set()) | {door.endpoint, "casework.show"}
        room = door.endpoint.partition(".")[0]
        pages = [page for page in asked_doors(self.prober) if page.method == "GET"]
        likely = [page for page in pages if page.endpoint in known]
        near = [
            page
            for page in pages
            if page.endpoint.partition(".")[0] == room
            and page.arguments
            and page.arguments <= door.arguments
            and page not in likely
            and self.prober.knows(door, situation)
        ]
        for page in (*likely, *near):
            place = place_of(self.prober, page, situation)
            for reader in READERS:
                cell = Cell(page, place, reader)
                # Who may not post is shown no form.
                if path in self.by_path or cell in self.looked_at:
                    continue
                if self.prober.may_enter(page, reader) and self.prober.may_enter(door, reader):
                    self.looked_at.add(cell)
                    self.take(cell, self.prober.ask(cell))


def _endpoint_of(prober: Prober, path: str) -> str:
    try:
        return str(prober.app.url_map.bind("localhost").match(path, method="POST")[0])
    except HTTPException:
        return ""


def place_of(prober: Prober, page: Door, situation: str) -> str:
    """Situation in which a page is asked for that shows the form of another door."""
    return situation if prober.knows(page, situation) else prober.situations(page)[0]


def _is_open_to_a_scout(prober: Prober, door: Door, situation: str, sources: Sources) -> bool:
    """Whether one of those who do most of the work is let through: quicker than asking as all."""
    source = sources.of(door, situation) if door.method != "GET" else None
    body = prober.filled(door.endpoint, source[1] if source else None)
    return any(
        is_let_through(sign(prober.ask(Cell(door, situation, reader), body)))
        for reader in SCOUTS
        if prober.may_enter(door, reader)
    )


def _ask_in(
    prober: Prober, door: Door, situation: str, sources: Sources
) -> tuple[str, tuple[str, ...]]:
    source = sources.of(door, situation) if door.method != "GET" else None
    form = f"{source[0].door.endpoint}@{source[0].reader}" if source else ""
    body = prober.filled(door.endpoint, source[1] if source else None)
    signs = []
    for reader in READERS:
        cell = Cell(door, situation, reader)
        # Whom the first gate keeps out is written down unasked; the comparison asks.
        if not prober.may_enter(door, reader):
            signs.append("L" if reader == "nobody" else "x")
            continue
        answer = prober.ask(cell, body)
        signs.append(sign(answer))
        if door.method == "GET":
            sources.take(cell, answer)
    return form, tuple(signs)


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
    """Where an answer is not the one of the table, or lacks a header, in words."""
    by_key = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    found = []
    for row, situation, reader in asked:
        cell = Cell(by_key[row.key], situation, reader)
        answer = prober.ask(cell, body_for(prober, row, cell, by_key))
        answered = sign(answer)
        # Refusals and files carry the same headers as pages (P43).
        found += [f"{row.method} {row.endpoint}: {fault}" for fault in faults_of(answer)]
        if answered != row.expected(reader):
            found.append(
                f"{row.method} {row.endpoint} {situation} as {reader}: "
                f"{answered} instead of {row.expected(reader)}"
            )
    return found


def body_for(
    prober: Prober, row: Row, cell: Cell, by_key: Mapping[tuple[str, str], Door]
) -> Body | None:
    """What the form of the row would send, read from the page that shows it."""
    shown = None
    if row.form:
        name, reader = row.form.split("@")
        page = by_key[name, "GET"]
        place = Cell(page, place_of(prober, page, cell.situation), reader)
        shown = prober.forms(place).get(prober.path(cell.door, cell.situation))
    return prober.filled(row.endpoint, shown) if row.method != "GET" else None
