"""The product without one guard (変異): at which door it is noticed, kept in guards.csv.

`python -m tests.authorization mutants` looks for a door for every guard: a cell of the matrix that
answers otherwise without it, or a page that then shows what it must not.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from werkzeug.test import TestResponse

from tests.accounts.browser import CHANCE
from tests.authorization.guards import all_guards, listening, replaced, without
from tests.authorization.matrix import Row, asked_doors, body_for
from tests.authorization.probing import Cell, Prober, sign
from tests.authorization.worlds import READERS

TABLE = Path(__file__).with_name("guards.csv")
HEAD = ("guard", "endpoint", "method", "situation", "form", "reader", "answer", "shown")
TRIES = 6
OFFERED = re.compile(r'(?:action|href)="([^"]+)"')


@dataclass(frozen=True)
class Witness:
    """A cell that tells when a guard is missing; `shown` stands on the page only then."""

    guard: str
    endpoint: str
    method: str
    situation: str
    form: str
    reader: str
    answer: str
    shown: str = ""


def read_witnesses() -> list[Witness]:
    """The cells as they are kept."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [Witness(*line) for line in list(csv.reader(file))[1:]]


def write_witnesses(witnesses: Iterable[Witness]) -> None:
    """Keep the cells, guards in order."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows(sorted(astuple(witness) for witness in witnesses))


def ask_for(prober: Prober, witness: Witness) -> TestResponse:
    """Answer at the door of a witness."""
    by_key = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    door = by_key[witness.endpoint, witness.method]
    row = Row(witness.endpoint, witness.method, (witness.situation,), witness.form, ())
    cell = Cell(door, witness.situation, witness.reader)
    return prober.ask(cell, body_for(prober, row, cell, by_key))


def is_noticed(witness: Witness, answer: TestResponse) -> bool:
    """Whether this is not the answer that the reader has to get."""
    is_shown = bool(witness.shown) and witness.shown in answer.text
    return sign(answer) != witness.answer or is_shown


def find_witnesses(prober: Prober, rows: Iterable[Row]) -> Iterator[Witness]:
    """Look for a cell for every guard, as long as there are cells."""
    guards = all_guards()
    tries = dict.fromkeys(guards, 0)
    for row, situation, reader in _cells(prober, rows):
        if not tries:
            return
        heard: set[str] = set()
        asked = Witness("", row.endpoint, row.method, situation, row.form, reader, "")
        with listening({full: guards[full] for full in tries}, heard):
            answer = ask_for(prober, asked)
        for full in sorted(heard):
            changes = {guards[full]: without(full, guards[full])}
            with replaced(changes):
                otherwise = ask_for(prober, asked)
            witness = _difference(full, asked, answer, otherwise)
            tries[full] += 1
            if witness:
                yield witness
            if witness or tries[full] >= TRIES * 10:
                del tries[full]


def _cells(prober: Prober, rows: Iterable[Row]) -> Iterator[tuple[Row, str, str]]:
    doors = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    for row in rows:
        for reader in READERS:
            if prober.may_enter(doors[row.key], reader) and reader != "nobody":
                yield row, row.situations[0], reader


def _difference(
    full: str, asked: Witness, answer: TestResponse, otherwise: TestResponse
) -> Witness | None:
    kept = Witness(full, *astuple(asked)[1:6], sign(answer))
    if sign(answer) != sign(otherwise) and sign(otherwise) not in "!=":
        return kept
    if answer.mimetype != "text/html" or sign(answer) != "o" or sign(otherwise) != "o":
        return None
    before = set(OFFERED.findall(answer.text))
    offered = [text for text in OFFERED.findall(otherwise.text) if text not in before]
    lines = {line.strip() for line in CHANCE.sub("", answer.text).splitlines()}
    new = [
        line.strip()
        for line in CHANCE.sub("", otherwise.text).splitlines()
        if line.strip() not in lines and len(line.strip()) > 3
    ]
    shown = next((text for text in (*offered, *new) if text not in answer.text), "")
    return Witness(*astuple(kept)[:7], shown) if shown else None
