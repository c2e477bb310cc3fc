"""Tables as text (csv): UTF-8, CP932 or UTF-16 with its mark, and text indeed.

A formula in a cell is no reason to refuse: it is text, and stays text.
"""

import codecs
import re
from typing import BinaryIO

from app.files.gate.refusal import MISLABELLED, Refused

CHUNK = 1 << 20
SAMPLE = 4096  # characters in which another kind of text shows itself
ENCODINGS = ("utf-8", "cp932")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NOT_DECODABLE = (
    "文字コードを読み取れません。UTF-8 か Shift_JIS（CP932）の csv として保存してから選んでください"
)
NOT_TEXT = "文字ではないデータが入っています。csv として保存し直してから選んでください"

# Controls that no table holds; tab, line feed, vertical tab, form feed, return and the end mark of
# old DOS programs (0x1A) may stand there.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_OTHER_KIND = re.compile(
    r"\s*(?:<(?:!|\?xml|html|head|body|script|svg|iframe|img)|\{\\rtf|%!PS|%PDF-|#!|"
    r"\[InternetShortcut\]|@echo\b|(?:Return-Path|Received|Delivered-To|MIME-Version|Message-ID|"
    r"From|Date|Subject|X-[A-Za-z-]{2,30}):[ \t])",
    re.IGNORECASE,
)


def check_csv(content: BinaryIO, size: int) -> None:
    """Read the text through once, in the first encoding that holds. Raises Refused."""
    encoding = _encoding_of(content)
    sample = _read_through(content, encoding)
    if _OTHER_KIND.match(sample):
        raise Refused(MISLABELLED.format(extension="csv"))


def _encoding_of(content: BinaryIO) -> str:
    head = content.read(4)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    for encoding in ENCODINGS:
        if _decodes(content, encoding):
            return encoding
    raise Refused(NOT_DECODABLE)


def _decodes(content: BinaryIO, encoding: str) -> bool:
    content.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := content.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _read_through(content: BinaryIO, encoding: str) -> str:
    content.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    sample = ""
    is_last = False
    while not is_last:
        chunk = content.read(CHUNK)
        is_last = not chunk
        try:
            text = decoder.decode(chunk, final=is_last)
        except UnicodeDecodeError as error:
            raise Refused(NOT_DECODABLE) from error
        if _CONTROLS.search(text):
            raise Refused(NOT_TEXT)
        sample = sample or text[:SAMPLE]
    return sample
