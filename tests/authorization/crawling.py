"""Walking through all that a person can reach (巡回): every address, every link, every search."""

import html
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
import typst
from werkzeug.test import TestResponse

from tests.authorization.canaries import beginning
from tests.authorization.matrix import asked_doors
from tests.authorization.posts import is_of_share
from tests.authorization.probing import Prober

LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
FORM = re.compile(r"<form([^>]*)>(.*?)</form>", re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
# What shows a word that was found; it may stand inside of one of ours.
MARK = re.compile(r"</?mark>")
# The form of a report is linked from every page, with the address of it.
LEFT_OUT = ("/static/", "/logout", "/incidents/new?")


class Visit(NamedTuple):
    """One answer: where, what it was, everything that can be read in it."""

    path: str
    status: int
    text: str


@contextmanager
def typeset_as_text() -> Iterator[None]:
    """Have documents hold the words that are given to be set in them: a PDF numbers its glyphs."""

    def said(_template: str, *, sys_inputs: dict[str, str], **_how: object) -> bytes:
        return b"%PDF-\n" + sys_inputs["data"].encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typst, "compile", said)
        yield


def guessed(prober: Prober, reader: str, share: int = 1) -> list[str]:
    """Every address a reader can guess: each door with all that the world knows of its numbers.

    Without the doors that the first gate keeps shut: the matrix asks at those.
    """
    found = set()
    for door in asked_doors(prober):
        is_open = door.method == "GET" and prober.may_enter(door, reader)
        if is_open and is_of_share(door.endpoint, share):
            places = [*prober.situations(door), *prober.further_situations(door)]
            found |= {prober.path(door, place) for place in places}
    return sorted(path for path in found if not path.startswith(LEFT_OUT))


def crawl(
    prober: Prober, reader: str, paths: list[str], bodies: list[int], *, follows: bool = True
) -> Iterator[Visit]:
    """Ask for the addresses as a reader, then for all they link to, and search for the bodies."""
    waiting, seen = list(reversed(paths)), set(paths)
    while waiting:
        path = waiting.pop()
        answer = prober.open(path, "GET", reader)
        yield Visit(path, answer.status_code, readable(answer))
        new = links(path, answer, bodies) if follows else searches(path, answer, bodies)
        for link in new - seen:
            seen.add(link)
            waiting.append(link)


def links(path: str, answer: TestResponse, bodies: list[int]) -> set[str]:
    """Where a page leads to, with its searches."""
    if answer.status_code in (301, 302, 303):
        target = urlsplit(answer.location or "")
        found = {target.path + (f"?{target.query}" if target.query else "")}
    elif answer.mimetype == "text/html":
        found = {html.unescape(link) for link in LINK.findall(answer.text)}
    else:
        return set()
    kept = {link for link in found if not link.startswith(LEFT_OUT)}
    return kept | searches(path, answer, bodies)


def searches(path: str, answer: TestResponse, bodies: list[int]) -> set[str]:
    """The searches that a page offers, each asked for the words of each body."""
    if answer.mimetype != "text/html":
        return set()
    places = set()
    for attributes, content in FORM.findall(answer.text):
        if 'name="q"' in content and 'method="post"' not in attributes:
            given = ACTION.search(attributes)
            places.add(html.unescape(given[1]) if given and given[1] else path)
    found = {urlsplit(place).path for place in places}
    return {f"{place}?q={beginning(body)}" for place in found for body in bodies}


def readable(answer: TestResponse) -> str:
    """Everything that can be read in an answer: its head, its text, the parts of a file."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    return f"{head}\n{_text(answer.data)}"


def _text(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return "\n".join(_text(archive.read(name)) for name in archive.namelist())
    # The words are of ASCII: any of the encodings of a table shows them.
    return MARK.sub("", data.replace(b"\x00", b"").decode("utf-8", "replace"))
