"""Every form sent twice (二重送信): one effect, the first answer again, no text lost (P04)."""

import os
from collections.abc import Iterator

from tests.authorization.bodies import FormReader
from tests.authorization.matrix import asked_doors, read_table
from tests.authorization.posts import attempts, is_of_share
from tests.authorization.probing import Cell, Prober
from tests.authorization.repeating import repeat

# DOUBLES=all sends the form of every door; the quick suite that of one in so many.
SHARE = 1 if os.environ.get("DOUBLES") == "all" else 40

# Forms that change nothing (変更しない様式): they give a file or a look at one, or end the session.
KEYLESS = {
    "/logout",
    "/proposals/export",
    "/audit/export",
    "/handoffs/sheet/download",
    "/handoffs/sheet",
    "/incidents/1/draft",
    "/personal-data/export",
}


# Forms that keep nothing whoever sends them (保存しない様式): no key is spent, nothing to repeat.
WITHOUT_EFFECT = {
    "accounts.login": "who is signed in is sent on",
    "bulk.preview": "shows what the act would do",
    "handoffs.check_sheet": "shows what the sheet would do",
    "registers.upload": "shows what the table would do",
    "viewing.end": "nobody of the world looks at the screens of another",
}


def test_p04_form_of_every_door_sent_twice_acts_once(prober: Prober) -> None:
    idle, faults, tried = set(), [], 0

    for at_door in attempts(prober, ">o", SHARE):
        tried += 1
        for post in at_door:
            trial = repeat(prober, post)
            faults += [f"{post.endpoint}: {fault}" for fault in trial.faults]
            if trial.has_acted:
                break
        else:
            idle.add(post.endpoint)

    assert tried > 250 // SHARE
    assert faults == []
    assert idle == {name for name in WITHOUT_EFFECT if is_of_share(name, SHARE)}


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
