"""Archives (zip), judged before anything is unpacked, then unpacked in pieces and counted (P31).

Headers lie: the sizes they name are checked first, because that is quick, and then each part is
unpacked through a counter that stops at the limit, whatever the headers say.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from app.files.gate.refusal import BROKEN, ENCRYPTED, Refused

MOST_ENTRIES = 2000
LARGEST_TOTAL = 200 << 20  # bytes, unpacked
# Up to here a file may be packed as tightly as it likes; beyond it, at most 50 to 1.
FREE_TOTAL = 64 << 20
LARGEST_RATIO = 50
LARGEST_DIRECTORY = 2 << 20
CHUNK = 1 << 18

TOO_MANY = "中の部品が多すぎます（2,000個まで）。不要な部分を消して保存し直してください"
TOO_LARGE = (
    "展開すると大きくなりすぎます（200MBまで）。不要な行・列や画像を消して保存し直してください"
)
TOO_DENSE = "展開すると元の50倍を超える大きさになります。不要な行・列を消して保存し直してください"
NESTED = (
    "別のファイル（圧縮ファイルや埋め込んだ文書）が入っています。取り除くか、別の添付にしてください"
)

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED_BITS = 0x0001 | 0x0040 | 0x2000
_SYMLINK = 0xA000
_ARCHIVE_STARTS = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"BZh", b"\xfd7zXZ")


class Archive:
    """A zip whose directory was found in order (圧縮された文書)."""

    def __init__(self, content: BinaryIO, size: int) -> None:
        """Read and judge the directory. Raises Refused."""
        self._content = content
        self._size = size
        self._unpacked = 0
        self.entries = _directory(content, size)
        _check_entries(self.entries, size)
        self._starts = {entry.filename: _data_start(content, entry) for entry in self.entries}
        _check_layout(self.entries, self._starts)

    def pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Unpack one entry in pieces, counting. Raises Refused at a limit or for a lie."""
        size = checksum = 0
        for number, piece in enumerate(self._inflated(entry)):
            if number == 0 and piece.startswith(_ARCHIVE_STARTS):
                raise Refused(NESTED)
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
            self._count(len(piece))
            yield piece
        if size != entry.file_size or checksum != entry.CRC:
            raise Refused(BROKEN)

    def _inflated(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        self._content.seek(self._starts[entry.filename])
        left = entry.compress_size
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if _is_packed(entry) else None
        while left > 0:
            packed = self._content.read(min(CHUNK, left))
            if not packed:
                raise Refused(BROKEN)
            left -= len(packed)
            if unpacker is None:
                yield packed
            else:
                yield from _unpack(unpacker, packed)
        if unpacker is not None and not unpacker.eof:
            raise Refused(BROKEN)

    def _count(self, added: int) -> None:
        self._unpacked += added
        _check_total(self._unpacked, self._size)


def _unpack(unpacker: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    try:
        while packed:
            if unpacker.eof:
                raise Refused(BROKEN)
            piece = unpacker.decompress(packed, CHUNK)
            packed = unpacker.unconsumed_tail
            if piece:
                yield piece
    except zlib.error as error:
        raise Refused(BROKEN) from error


def _is_packed(entry: zipfile.ZipInfo) -> bool:
    return entry.compress_type == zipfile.ZIP_DEFLATED


def _directory(content: BinaryIO, size: int) -> list[zipfile.ZipInfo]:
    """Read the directory once its own size is known to be small."""
    tail_size = min(size, _END.size + _LONGEST_COMMENT)
    content.seek(size - tail_size)
    tail = content.read(tail_size)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise Refused(BROKEN)
    _, disk, first_disk, here, total, length, start, comment = _END.unpack_from(tail, place)
    if total > MOST_ENTRIES:
        raise Refused(TOO_MANY)
    end = size - tail_size + place
    # One disk, nothing before the archive, nothing behind it, and no second directory (zip64).
    is_whole = start + length == end and end + _END.size + comment == size
    if disk or first_disk or here != total or not is_whole or length > LARGEST_DIRECTORY:
        raise Refused(BROKEN)
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise Refused(BROKEN) from error
    if len(entries) > MOST_ENTRIES:
        raise Refused(TOO_MANY)
    if len(entries) != total:
        raise Refused(BROKEN)
    return entries


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED_BITS:
            raise Refused(ENCRYPTED)
        name = entry.filename
        if not _is_plain_path(entry) or name.casefold() in seen:
            raise Refused(BROKEN)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(BROKEN)
        seen.add(name.casefold())
    _check_total(sum(entry.file_size for entry in entries), size)


def _is_plain_path(entry: zipfile.ZipInfo) -> bool:
    """Whether the name stays inside: no way up, no root, no drive, no link, no control."""
    name = entry.orig_filename
    parts = name.removesuffix("/").split("/")
    is_inside = all(part not in ("", ".", "..") for part in parts)
    is_link = (entry.external_attr >> 16) & 0xF000 == _SYMLINK
    return is_inside and name.isprintable() and "\\" not in name and ":" not in name and not is_link


def _check_total(total: int, size: int) -> None:
    if total > LARGEST_TOTAL:
        raise Refused(TOO_LARGE)
    if total > FREE_TOTAL and total > LARGEST_RATIO * size:
        raise Refused(TOO_DENSE)


def _data_start(content: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """Where the packed bytes begin; the entry's own header must name the same entry."""
    content.seek(entry.header_offset)
    head = content.read(_LOCAL.size)
    if len(head) != _LOCAL.size:
        raise Refused(BROKEN)
    mark, _, flags, method, _, _, _, _, _, name_length, extra_length = _LOCAL.unpack(head)
    name = content.read(name_length)
    encoding = "utf-8" if flags & 0x800 else "cp437"
    is_same = mark == b"PK\x03\x04" and method == entry.compress_type
    if not is_same or name.decode(encoding, "replace") != entry.orig_filename:
        raise Refused(BROKEN)
    start: int = entry.header_offset + _LOCAL.size + name_length + extra_length
    return start


def _check_layout(entries: list[zipfile.ZipInfo], starts: dict[str, int]) -> None:
    """Refuse entries that share bytes: one packed piece counted many times makes a bomb."""
    end = 0
    for entry in sorted(entries, key=lambda row: row.header_offset):
        if entry.header_offset < end:
            raise Refused(BROKEN)
        end = starts[entry.filename] + entry.compress_size
