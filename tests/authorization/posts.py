"""Posts that are taken (受け付けられる送信), found in the matrix: what attacks begin with."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

from app.core.uploads import LIMIT
from tests.architecture.test_endpoints import Door
from tests.authorization.bodies import Body, FormReader
from tests.authorization.matrix import Row, asked_doors, body_for, place_of, read_table
from tests.authorization.probing import Cell, Prober

# Whoever gets through signs in next (その後にログインする扉): their sign is that of a refusal.
TO_SIGN_IN = ("accounts.accept", "accounts.reset_password")


@dataclass(frozen=True)
class Post:
    """A form as a person would send it who may: `file_field` is empty where no file belongs."""

    endpoint: str
    path: str
    reader: str
    body: Body
    file_field: str = ""


def posts(
    prober: Prober, signs: str, share: int = 1, rooms: Collection[str] | None = None
) -> Iterator[Post]:
    """One post a door, by the first reader whose answer has one of the signs.

    Of a share one door in so many, always the same ones. Of the rooms (blueprints) alone, if named.
    """
    for at_door in attempts(prober, signs, share, rooms):
        yield next(at_door)


def attempts(
    prober: Prober, signs: str, share: int = 1, rooms: Collection[str] | None = None
) -> Iterator[Iterator[Post]]:
    """The same, door by door: a post for each row and sign of it, those that act in front."""
    by_key = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    at_doors: dict[tuple[str, str], list[tuple[int, str, Row]]] = {}
    for row in read_table():
        is_asked = rooms is None or row.endpoint.split(".")[0] in rooms
        if row.method == "POST" and is_asked and is_of_share(row.endpoint, share):
            readers = enumerate(_first_readers(prober, row, signs))
            found = [(place, reader, row) for place, reader in readers if reader]
            if found:
                at_doors.setdefault(row.key, []).extend(found)
    for at_door in at_doors.values():
        at_door.sort(key=lambda one: one[0])
        yield (_post(prober, row, reader, by_key) for _, reader, row in at_door)


def _first_readers(prober: Prober, row: Row, signs: str) -> Iterator[str]:
    """The first reader for each of the signs, empty where there is none."""
    for sign in f"{signs}L" if row.endpoint in TO_SIGN_IN else signs:
        yield next((who for who in prober.cookies if row.expected(who) == sign), "")


def _post(prober: Prober, row: Row, reader: str, by_key: Mapping[tuple[str, str], Door]) -> Post:
    door, place = by_key[row.key], row.situations[0]
    # A button alone sends nothing but its key.
    body = body_for(prober, row, Cell(door, place, reader), by_key) or {}
    return Post(row.endpoint, prober.address(door, place), reader, body)


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
