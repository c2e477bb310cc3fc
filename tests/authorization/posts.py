"""Posts that are taken (受け付けられる送信), found in the matrix: what attacks begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from app.core.uploads import LIMIT
from tests.authorization.bodies import Body, FormReader
from tests.authorization.matrix import asked_doors, body_for, place_of, read_table
from tests.authorization.probing import Cell, Prober


@dataclass(frozen=True)
class Post:
    """A form as a person would send it who may: `file_field` is empty where no file belongs."""

    endpoint: str
    path: str
    reader: str
    body: Body
    file_field: str = ""


def posts(prober: Prober, signs: str, share: int = 1) -> Iterator[Post]:
    """One post a door, by the first reader whose answer has one of the signs.

    Of a share one door in so many, always the same ones.
    """
    by_key = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    done = set()
    for row in read_table():
        reader = next((who for who in prober.cookies if row.expected(who) in signs), "")
        if row.method != "POST" or not row.form or not reader or row.key in done:
            continue
        if not is_of_share(row.endpoint, share):
            continue
        door = by_key[row.key]
        if door.endpoint == "accounts.logout":
            continue
        cell = Cell(door, row.situations[0], reader)
        body = body_for(prober, row, cell, by_key)
        if body is not None:
            done.add(row.key)
            yield Post(row.endpoint, prober.path(door, row.situations[0]), reader, body)


def is_of_share(endpoint: str, share: int) -> bool:
    """Whether a door is among one in so many."""
    return crc32(endpoint.encode()) % share == 0


def uploads(prober: Prober) -> Iterator[Post]:
    """One post for every door that takes files, with the name of its field."""
    by_key = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    done = set()
    for row in read_table():
        takes = hasattr(prober.app.view_functions.get(row.endpoint), LIMIT)
        if row.method != "POST" or not row.form or not takes or row.endpoint in done:
            continue
        page_name, viewer = row.form.split("@")
        page = by_key[page_name, "GET"]
        place = place_of(prober, page, row.situations[0])
        path = prober.path(by_key[row.key], row.situations[0])
        reader = FormReader(prober.path(page, place))
        reader.feed(prober.ask(Cell(page, place, viewer)).text)
        if path in reader.files:
            done.add(row.endpoint)
            yield Post(row.endpoint, path, viewer, reader.forms[path], reader.files[path])
