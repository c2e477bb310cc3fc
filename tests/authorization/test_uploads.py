"""Malformed files at every door that takes files (P31): refused in Japanese, never a fault."""

import os
import re
import resource
from collections.abc import Iterator
from io import BytesIO
from random import Random
from time import monotonic

from app.core.uploads import LIMIT
from tests.authorization.posts import uploads
from tests.authorization.probing import Prober, sign
from tests.files.hostile import GOOD, REFUSED

FILES = int(os.environ.get("SOAK_UPLOADS", "100"))
LONGEST = 10  # seconds
MOST_MEMORY = 300 << 10  # KiB
JAPANESE = re.compile("[ぁ-ん]{3}")
NAMES = (
    "../../x.xlsx",
    "a\r\nb.csv",
    "CON.pdf",
    "x" * 300 + ".png",
    "見積\u202excod.exe",
    ".docx",
    "a.xlsx.exe",
    "C:\\a.csv",
    "a;b=c.pdf",
    "\uff0e\uff0e\uff0fa.jpg",
)
EXTENSIONS = ("xlsx", "docx", "pdf", "csv", "png", "jpg", "zip", "exe", "")
# Second steps, which get what the first one read.
WITHOUT_FORM = {
    "handoffs.take_sheet",
    "registers.confirm_import",
}
LIGHT = [file for file in (*GOOD, *REFUSED) if "MiB" not in file.id]


def malformed(count: int) -> Iterator[tuple[str, bytes]]:
    """Hostile files as they are, then cut, turned, doubled, mixed and renamed."""
    chance = Random(count)
    yield from ((file.name, file.build()) for file in chance.sample(REFUSED, min(count, 30)))
    made = [file.build() for file in chance.sample(LIGHT, min(count, 40))]
    for number in range(max(0, count - 30)):
        data = bytearray(chance.choice(made)[: 1 << 20])
        for _ in range(chance.randint(1, 6)):
            data = mangled(data, chance, made)
        name = chance.choice(NAMES) if number % 3 == 0 else f"a.{chance.choice(EXTENSIONS)}"
        yield name, bytes(data)


def mangled(data: bytearray, chance: Random, made: list[bytes]) -> bytearray:
    """The file with one more fault."""
    at = chance.randrange(len(data)) if data else 0
    way = chance.randrange(5)
    if way == 0:
        return data[:at]
    if way == 1 and data:
        data[at] ^= 1 << chance.randrange(8)
        return data
    if way == 2:
        return data[:at] + data[at // 2 :]
    if way == 3:
        return data[:at] + bytearray(chance.choice(made)[:4096]) + data[at:]
    return data[:at] + bytes(chance.randrange(256) for _ in range(16)) + data[at + 16 :]


def test_malformed_files_are_refused_at_every_door_p31(prober: Prober) -> None:
    doors = list(uploads(prober))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faults = []

    for number, (name, data) in enumerate(malformed(FILES)):
        post = doors[number % len(doors)]
        body = {**post.body, post.file_field: (BytesIO(data), name)}
        started = monotonic()
        answer = prober.open(post.path, "POST", post.reader, body)
        is_told = sign(answer) == ">" or JAPANESE.search(answer.text)
        if sign(answer) == "!" or not is_told or monotonic() - started > LONGEST:
            faults.append((post.endpoint, name, data[:20], answer.status_code))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert faults == []
    assert grown < MOST_MEMORY


def test_every_door_for_files_is_tried_p31(prober: Prober) -> None:
    tried = {post.endpoint for post in uploads(prober)}
    known = {name for name, view in prober.app.view_functions.items() if hasattr(view, LIMIT)}

    assert known - tried == WITHOUT_FORM
