"""PDF: no password, nothing that runs or starts something, no files inside.

The words of a PDF may be written with escapes (#4a), and may lie in packed object streams: both
are undone before looking. Everything else stays packed.
"""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from app.files.gate.refusal import BROKEN, ENCRYPTED, Refused

SCRIPT = "スクリプト（JavaScript）が入っています。印刷の画面で「PDF」に出力し直してください"
LAUNCH = "ほかのプログラムやファイルを開く動作が入っています。PDF に出力し直してください"
EMBEDDED = "ほかのファイルが埋め込まれています。取り除くか、別の添付にしてください"
LARGEST_UNPACKED = 64 << 20  # bytes, of all object streams
TOO_LARGE = "中の部品が大きくなりすぎます。印刷の画面で「PDF」に出力し直してください"
TRAILER_ROOM = 1024  # bytes after the end mark, as readers allow

RULES = (
    (re.compile(rb"/Encrypt(?![A-Za-z0-9])"), ENCRYPTED),
    (re.compile(rb"/JavaScript(?![A-Za-z0-9])"), SCRIPT),
    (re.compile(rb"/(?:Launch|ImportData|SubmitForm|GoToE|GoToR)(?![A-Za-z0-9])"), LAUNCH),
    (re.compile(rb"/(?:EmbeddedFiles?|RichMedia|FileAttachment|XFA)(?![A-Za-z0-9])"), EMBEDDED),
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_OBJECT_STREAM = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
_PACKED = re.compile(rb"/Filter[ \t\r\n\f]*\[?[ \t\r\n\f]*/(?:FlateDecode|Fl)(?![A-Za-z0-9])")
LONGEST_DICTIONARY = 1 << 16


def check_pdf(content: BinaryIO, size: int) -> None:
    """Look through a PDF. Raises Refused."""
    data = content.read()
    end = data.rfind(b"%%EOF")
    if end < 0 or size - end > TRAILER_ROOM or b"startxref" not in data:
        raise Refused(BROKEN)
    _look(data)
    for unpacked in _object_streams(data):
        _look(unpacked)


def _look(data: bytes) -> None:
    for text in (data, _ESCAPE.sub(_unescaped, data)):
        for pattern, words in RULES:
            if pattern.search(text):
                raise Refused(words)


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode())


def _object_streams(data: bytes) -> Iterator[bytes]:
    """Unpack the streams that hold objects, together up to a limit. Raises Refused."""
    left = LARGEST_UNPACKED
    previous = 0
    for found in _STREAM.finditer(data):
        if data[found.start() - 3 : found.start()] == b"end":
            previous = found.end()
            continue
        head = data[max(previous, found.start() - LONGEST_DICTIONARY) : found.start()]
        head = _ESCAPE.sub(_unescaped, head[head.rfind(b" obj") + 1 :])
        if not _OBJECT_STREAM.search(head):
            continue
        unpacked = _unpack(data, found.end(), left) if _PACKED.search(head) else b""
        if not unpacked:
            raise Refused(BROKEN)
        left -= len(unpacked)
        yield unpacked


def _unpack(data: bytes, start: int, most: int) -> bytes:
    end = data.find(b"endstream", start)
    packed = data[start : end if end >= 0 else len(data)]
    try:
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(packed, most + 1)
    except zlib.error as error:
        raise Refused(BROKEN) from error
    if len(unpacked) > most:
        raise Refused(TOO_LARGE)
    return unpacked
