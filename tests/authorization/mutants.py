"""The product without one guard (変異): at which door it is noticed, kept in guards.csv.

`python -m tests.authorization mutants` looks for a door for every guard: a cell of the matrix that
answers otherwise without it, or a page that then shows what it must not.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from time import monotonic

from werkzeug.test import TestResponse

from tests.accounts.browser import CHANCE
from tests.authorization.guards import all_guards, listening, replaced, without
from tests.authorization.matrix import Row, asked_doors, body_for
from tests.authorization.probing import Cell, Prober, sign
from tests.authorization.worlds import READERS

TABLE = Path(__file__).with_name("guards.csv")
HEAD = ("guard", "endpoint", "method", "situation", "form", "reader", "answer", "shown", "behind")
TRIES = 40
GATE = "gate"
VISIBILITY = "app.proposals.queries.proposals_visible_to"
OF_HANDOFFS = "app.handoffs.queries.handoffs_visible_to"
LOCKS = ("", GATE, f"{GATE} {VISIBILITY}", f"{GATE} {OF_HANDOFFS} {VISIBILITY}")
OFFERED = re.compile(r'(?:action|href)="([^"]+)"')


@dataclass(frozen=True)
class Witness:
    """A cell that tells when a guard is missing; `shown` stands on the page only then.

    `behind` names the locks in front of the guard, which are taken away in both answers: the first
    gate (GATE), and guards. So a second lock (二重の確認) is shown to hold by itself.
    """

    guard: str
    endpoint: str
    method: str
    situation: str
    form: str
    reader: str
    answer: str
    shown: str = ""
    behind: str = ""


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
    # The form is one that somebody sees while everything is in its place.
    body = body_for(prober, row, cell, by_key)
    with opened(prober, witness.behind.split()):
        return prober.ask(cell, body)


@contextmanager
def opened(prober: Prober, locks: Sequence[str]) -> Iterator[None]:
    """The product without some of its locks."""
    guards = all_guards()
    changes = {guards[full]: without(full, guards[full]) for full in locks if full != GATE}
    with prober.without_gate() if GATE in locks else nullcontext(), replaced(changes):
        yield


def is_noticed(witness: Witness, answer: TestResponse) -> bool:
    """Whether this is not the answer that the reader has to get."""
    is_shown = bool(witness.shown) and witness.shown in answer.text
    return sign(answer) != witness.answer or is_shown


def still_tells(prober: Prober, witness: Witness) -> bool:
    """Whether a cell that is kept still tells of its guard."""
    guard = all_guards().get(witness.guard)
    if guard is None or is_noticed(witness, ask_for(prober, witness)):
        return False
    with replaced({guard: without(witness.guard, guard)}):
        return is_noticed(witness, ask_for(prober, witness))


def find_witnesses(
    prober: Prober, rows: Sequence[Row], left: set[str], until: float
) -> Iterator[Witness]:
    """Look for a cell for the guards left: as the product is, then behind more and more locks."""
    for behind in LOCKS:
        tries = dict.fromkeys(left, 0)
        for row, situation, reader in _cells(prober, rows, behind):
            if not tries or monotonic() > until:
                break
            asked = Witness("", row.endpoint, row.method, situation, row.form, reader, "")
            asked = replace(asked, behind=behind)
            for witness in _witnesses_at(prober, asked, tries):
                left.discard(witness.guard)
                yield witness


def _witnesses_at(prober: Prober, asked: Witness, tries: dict[str, int]) -> Iterator[Witness]:
    """What one cell tells of the guards that are still looked at; counts how often each was."""
    guards, locks = all_guards(), asked.behind.split()
    heard: set[str] = set()
    looked_at = {full: guards[full] for full in tries if full not in locks}
    with opened(prober, locks), listening(looked_at, heard):
        answer = ask_for(prober, replace(asked, behind=""))
    for full in sorted(heard):
        with replaced({guards[full]: without(full, guards[full])}):
            otherwise = ask_for(prober, asked)
        witness = _difference(full, asked, answer, otherwise)
        tries[full] += 1
        if witness:
            yield witness
        if witness or tries[full] >= TRIES:
            del tries[full]


def _cells(prober: Prober, rows: Iterable[Row], behind: str) -> Iterator[tuple[Row, str, str]]:
    doors = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    for row in rows:
        for reader in list(READERS)[1:]:
            is_refused = row.expected(reader) not in ">o"
            is_page = row.method == "GET" and not behind
            # With the gate open, those whom it kept out are the ones to ask as.
            is_asked = behind or prober.may_enter(doors[row.key], reader)
            if is_asked and (is_refused or is_page):
                yield row, row.situations[-1], reader


def _difference(
    full: str, asked: Witness, answer: TestResponse, otherwise: TestResponse
) -> Witness | None:
    kept = replace(asked, guard=full, answer=sign(answer))
    if sign(answer) in "!=" or sign(otherwise) in "!=":
        return None
    if sign(answer) != sign(otherwise):
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
    return replace(kept, shown=shown) if shown else None
