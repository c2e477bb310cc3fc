"""Images (画像): whole, and of a size that can be shown. Nothing is unpacked (png, jpeg)."""

import struct
import zlib
from typing import BinaryIO

from app.files.gate.refusal import BROKEN, Refused

LONGEST_SIDE = 20_000  # pixels
MOST_PIXELS = 100_000_000
TOO_LARGE = (
    "画像の縦横が大きすぎます（1辺は2万画素、全体で1億画素まで）。"
    "縮小して保存してから選んでください"
)
HIDDEN = "画像の後ろに別のデータが付いています。画像を保存し直してから選んでください"

PNG_START = 8
LONGEST_PNG_CHUNK = 64 << 20
# Start of frame: every kind but the tables (C4), JPG (C8) and arithmetic conditioning (CC).
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_SCAN, JPEG_END = 0xDA, 0xD9
# Markers without a length: TEM and the restarts.
JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def check_png(content: BinaryIO, size: int) -> None:
    """Walk the chunks of a PNG from IHDR to IEND. Raises Refused."""
    content.seek(PNG_START)
    kind, data = _png_chunk(content)
    if kind != b"IHDR" or len(data) != 13:
        raise Refused(BROKEN)
    width, height = struct.unpack(">II", data[:8])
    _check_dimensions(width, height)
    kinds = set()
    while kind != b"IEND":
        kind, _ = _png_chunk(content)
        kinds.add(kind)
    if b"IDAT" not in kinds:
        raise Refused(BROKEN)
    if content.tell() != size:
        raise Refused(HIDDEN)


def _png_chunk(content: BinaryIO) -> tuple[bytes, bytes]:
    head = content.read(8)
    if len(head) != 8:
        raise Refused(BROKEN)
    length, kind = struct.unpack(">I4s", head)
    if length > LONGEST_PNG_CHUNK:
        raise Refused(BROKEN)
    data, check = content.read(length), content.read(4)
    if len(data) != length or check != struct.pack(">I", zlib.crc32(data, zlib.crc32(kind))):
        raise Refused(BROKEN)
    return kind, data


def check_jpeg(content: BinaryIO, size: int) -> None:
    """Walk the segments of a JPEG to its scan, and find its end. Raises Refused."""
    content.seek(2)
    has_frame = False
    while (marker := _jpeg_marker(content)) != JPEG_SCAN:
        if marker == JPEG_END:
            raise Refused(BROKEN)
        if marker in JPEG_BARE:
            continue
        data = _jpeg_segment(content)
        if marker in JPEG_FRAMES:
            if len(data) < 5:
                raise Refused(BROKEN)
            height, width = struct.unpack(">HH", data[1:5])
            _check_dimensions(width, height)
            has_frame = True
    # Cameras add things after the end; that there is an end shows that nothing was cut off.
    if not has_frame or b"\xff\xd9" not in content.read():
        raise Refused(BROKEN)


def _jpeg_marker(content: BinaryIO) -> int:
    if content.read(1) != b"\xff":
        raise Refused(BROKEN)
    code = content.read(1)
    while code == b"\xff":  # any number of fill bytes
        code = content.read(1)
    if not code:
        raise Refused(BROKEN)
    return code[0]


def _jpeg_segment(content: BinaryIO) -> bytes:
    head = content.read(2)
    if len(head) != 2:
        raise Refused(BROKEN)
    length = struct.unpack(">H", head)[0] - 2
    data = content.read(max(length, 0))
    if length < 0 or len(data) != length:
        raise Refused(BROKEN)
    return data


def _check_dimensions(width: int, height: int) -> None:
    if width == 0 or height == 0:
        raise Refused(BROKEN)
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Refused(TOO_LARGE)
