"""Every form sent twice (二重送信): one effect, the first answer again, no text lost (P04)."""

import os
from collections.abc import Iterator

from tests.authorization.bodies import FormReader
from tests.authorization.matrix import asked_doors, read_table
from tests.authorization.posts import is_of_share, posts
from tests.authorization.probing import Cell, Prober
from tests.authorization.repeating import faults_of_repetition

# DOUBLES=all sends the form of every door; the quick suite that of one in so many.
SHARE = 1 if os.environ.get("DOUBLES") == "all" else 40

# Forms that change nothing (変更しない様式): they give a file or a look at one, or end the session.
KEYLESS = {
    "/logout",
    "/proposals/export",
    "/handoffs/sheet/download",
    "/handoffs/sheet",
    "/incidents/1/draft",
    "/personal-data/export",
}


def test_p04_form_of_every_door_sent_twice_acts_once(prober: Prober) -> None:
    tried, faults = 0, []

    for post in posts(prober, ">o", SHARE):
        tried += 1
        faults += [f"{post.endpoint}: {fault}" for fault in faults_of_repetition(prober, post)]

    assert tried > 100 // SHARE
    assert faults == []


def test_p04_every_form_carries_a_key(prober: Prober) -> None:
    readers = list(pages(prober))
    keyless = {path for reader in readers for path in reader.keyless}

    assert sum(len(reader.forms) for reader in readers) > 300 // SHARE
    assert keyless <= KEYLESS
    assert SHARE > 1 or keyless == KEYLESS


def pages(prober: Prober) -> Iterator[FormReader]:
    """Every page as the first reader who is shown it."""
    doors = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    for row in read_table():
        reader = next((name for name in prober.cookies if row.expected(name) == "o"), "")
        if row.method != "GET" or not reader or not is_of_share(row.endpoint, SHARE):
            continue
        cell = Cell(doors[row.key], row.situations[0], reader)
        answer = prober.ask(cell)
        if answer.mimetype == "text/html":
            found = FormReader(prober.path(cell.door, cell.situation))
            found.feed(answer.text)
            yield found
