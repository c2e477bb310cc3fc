"""XML parts of a document (XMLの部品), read in pieces: no DTD, no other encoding.

Nothing is built from a part: a small reader hears of its elements and keeps what is asked for.
"""

from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from app.files.gate.refusal import BROKEN, Refused

DTD = "XMLのDTD（文書型宣言）が入っています。Excel か Word で開いて保存し直してください"
# The first element comes after a few words; more than this before it is no document of an office.
LONGEST_PROLOG = 1 << 20
# Parts that are read whole are small in any document that people write.
LONGEST_PART = 32 << 20
TOO_LONG = "文書の中の部品が大きすぎます。文書を分けて保存し直してください"

Attributes = dict[str, str]


class Reader:
    """Hears the elements of one part (XMLの読取り): local name and attributes, text if asked."""

    def __init__(self, *, is_whole: bool) -> None:
        """`is_whole`: read to the end, or only as far as the first element."""
        self.elements: list[tuple[str, Attributes]] = []
        self.field_codes: list[str] = []
        self._is_whole = is_whole
        self._is_done = False
        self._in_field_code = False
        self._read = 0
        self._parser = expat.ParserCreate(namespace_separator="|")
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, piece: bytes) -> None:
        """Read on. Raises Refused for a DTD, for what is no XML, and for too long a part."""
        if self._is_done:
            return
        self._read += len(piece)
        if self._read > (LONGEST_PART if self._is_whole else LONGEST_PROLOG):
            raise Refused(TOO_LONG)
        self._parse(piece, is_final=False)

    def close(self) -> None:
        """Say that the part has ended. Raises Refused when its XML has not."""
        if not self._is_done:
            self._parse(b"", is_final=True)

    def _parse(self, piece: bytes, *, is_final: bool) -> None:
        # Pieces of a prolog stay small, so that the rest of a large part is never parsed.
        step = len(piece) or 1 if self._is_whole else 4096
        try:
            for place in range(0, max(len(piece), 1), step):
                self._parser.Parse(piece[place : place + step], is_final)
                if self._is_done:
                    return
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise Refused(BROKEN) from error

    def _start(self, name: str, attributes: Attributes) -> None:
        local = _local(name)
        self._in_field_code = local == "instrText"
        if self._is_whole:
            self._keep(local, {_local(key): value for key, value in attributes.items()})
        else:
            self._is_done = True

    def _keep(self, local: str, attributes: Attributes) -> None:
        if local in KEPT:
            self.elements.append((local, attributes))
        if local == "fldSimple":
            self.field_codes.append(attributes.get("instr", ""))

    def _end(self, name: str) -> None:
        self._in_field_code = False

    def _text(self, text: str) -> None:
        if self._in_field_code:
            self.field_codes.append(text)


# Relationships, and the types of the parts; nothing else of a document matters here.
KEPT = ("Relationship", "Override", "Default")


def _local(name: str) -> str:
    return name.rpartition("|")[2]


def _refuse_doctype(*_: Any) -> None:
    raise Refused(DTD)


def read_part(pieces: Iterable[bytes], *, is_whole: bool) -> Reader:
    """Read a part in pieces, all of them: their number is counted elsewhere. Raises Refused."""
    reader = Reader(is_whole=is_whole)
    for piece in pieces:
        reader.feed(piece)
    reader.close()
    return reader
