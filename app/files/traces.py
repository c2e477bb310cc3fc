"""What a file tells without showing it (見えない内容): hidden sheets, comments, changes, names.

Looked for before a file is handed out or published. It warns a person who then opens the file; it
does not clean anything, and a file it says nothing about may still tell too much in plain sight.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from os import SEEK_END
from typing import Any, BinaryIO
from xml.parsers import expat

from app.core.storage import StorageFailure, store
from app.files.gate.archive import Archive
from app.files.gate.names import split_extension
from app.files.gate.refusal import Refused
from app.files.models import StoredFile

UNREADABLE = "中を調べられませんでした"
PROPERTIES = "プロパティに作成者などの名前"
COMMENTS = "コメント"
PICTURE_DATA = "写真の撮影情報（場所・日時など）"

# Parts of a document of an office that are comments, by their place.
_COMMENT_PARTS = re.compile(
    r"^(?:xl/(?:comments|threadedcomments)|word/comments)[^/]*(?:/[^/]+)?\.xml$", re.IGNORECASE
)
_PROPERTY_PARTS = ("docprops/core.xml", "docprops/app.xml", "docprops/custom.xml")
_NAMES = frozenset({"creator", "lastModifiedBy", "Manager", "Company", "lpwstr"})
_LARGEST_PDF_PART = 16 << 20  # bytes, of all unpacked streams
_PDF_STREAM = re.compile(rb"stream\r?\n")
# An empty string is no name: () and <>.
_PDF_AUTHOR = re.compile(rb"/Author\s*(?:\([^)]|<[0-9A-Fa-f])|<dc:creator>|<pdf:Author>")
_PDF_NOTE = re.compile(
    rb"/Subtype\s*/(?:Text|FreeText|Popup|Highlight|Underline|StrikeOut|Squiggly|Caret|Ink|Stamp)"
    rb"(?![A-Za-z0-9])"
)
_PDF_LAYER = re.compile(rb"/OCProperties(?![A-Za-z0-9])")

Attributes = dict[str, str]


def traces_of(stored: StoredFile) -> list[str]:
    """Return in words what a file may tell without showing it (見えない内容); [] for nothing found.

    A file whose content cannot be read is told so: nobody can say what is in it.
    """
    try:
        return list(_found(stored.sha256, split_extension(stored.name)[1].lower()))
    except (Refused, StorageFailure, expat.ExpatError):
        return [UNREADABLE]


# The name of a content is its checksum: what was found once stays true.
@lru_cache(maxsize=1024)
def _found(sha256: str, extension: str) -> tuple[str, ...]:
    look = _LOOKS.get(extension)
    if look is None:
        return ()
    with store().open(sha256) as content:
        return tuple(dict.fromkeys(look(content)))


def _office(content: BinaryIO) -> Iterator[str]:
    size = content.seek(0, SEEK_END)
    archive = Archive(content, size)
    for entry in archive.entries:
        name = entry.filename.lower()
        if _COMMENT_PARTS.match(name):
            yield COMMENTS
        elif name in _PROPERTY_PARTS:
            yield from _told(archive.pieces(entry), _Properties())
        elif name == "xl/workbook.xml" or name.startswith("xl/worksheets/sheet"):
            yield from _told(archive.pieces(entry), _Sheets())
        elif name.startswith("word/") and name.endswith(".xml"):
            yield from _told(archive.pieces(entry), _Words())


class _Listener:
    """Hears the elements of a part and says what it noticed (部品の聞き手)."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def start(self, local: str, attributes: Attributes) -> None:
        """Hear an element by its local name."""

    def text(self, words: str) -> None:
        """Hear the text inside the element heard last."""


class _Properties(_Listener):
    """Names in the properties (プロパティ)."""

    _is_name = False

    def start(self, local: str, attributes: Attributes) -> None:
        self._is_name = local in _NAMES

    def text(self, words: str) -> None:
        if self._is_name and words.strip():
            self.found.append(PROPERTIES)


class _Sheets(_Listener):
    """Hidden sheets, rows and columns of a workbook (隠しシート・行・列)."""

    def start(self, local: str, attributes: Attributes) -> None:
        if local == "sheet" and attributes.get("state", "visible") != "visible":
            self.found.append(f"隠しシート「{attributes.get('name', '')}」")
        elif local in ("row", "col") and attributes.get("hidden") in ("1", "true"):
            self.found.append("隠した行" if local == "row" else "隠した列")


class _Words(_Listener):
    """Tracked changes and hidden words of a document (変更履歴・隠し文字)."""

    _CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange"})

    def start(self, local: str, attributes: Attributes) -> None:
        if local in self._CHANGES:
            self.found.append("変更履歴")
        elif local == "vanish" and attributes.get("val", "1") not in ("0", "false", "off"):
            self.found.append("隠し文字")


def _told(pieces: Iterator[bytes], listener: _Listener) -> list[str]:
    parser = expat.ParserCreate(namespace_separator="|")

    def start(name: str, attributes: dict[str, Any]) -> None:
        named = {key.rpartition("|")[2]: value for key, value in attributes.items()}
        listener.start(name.rpartition("|")[2], named)

    parser.StartElementHandler = start
    parser.CharacterDataHandler = listener.text
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    return listener.found


def _pdf(content: BinaryIO) -> Iterator[str]:
    data = content.read()
    # A file that was changed and saved again keeps what it was before.
    if data.count(b"%%EOF") > 1 and b"/Linearized" not in data:
        yield "保存し直す前の内容"
    for part in (data, *_unpacked(data)):
        if _PDF_AUTHOR.search(part):
            yield PROPERTIES
        if _PDF_NOTE.search(part):
            yield "注釈"
        if _PDF_LAYER.search(part):
            yield "表示を切り替えるレイヤー"


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Streams of a PDF that can be unpacked (圧縮された部品), together up to a limit."""
    left = _LARGEST_PDF_PART
    for found in _PDF_STREAM.finditer(data):
        try:
            part = zlib.decompressobj().decompress(data[found.end() :], left)
        except zlib.error:
            continue
        left -= len(part)
        yield part
        if left <= 0:
            return


def _jpeg(content: BinaryIO) -> Iterator[str]:
    if b"Exif\x00\x00" in content.read():
        yield PICTURE_DATA


def _png(content: BinaryIO) -> Iterator[str]:
    data = content.read()
    if any(kind in data for kind in (b"eXIf", b"tEXt", b"iTXt", b"zTXt")):
        yield PICTURE_DATA


_LOOKS: dict[str, Callable[[BinaryIO], Iterator[str]]] = {
    "xlsx": _office,
    "docx": _office,
    "pdf": _pdf,
    "jpg": _jpeg,
    "jpeg": _jpeg,
    "png": _png,
}
