"""Checking one file (受入検査): allow-list, size, content against its name, then the kind's own."""

import os
from collections.abc import Callable
from typing import BinaryIO

from app.core.errors import InvalidInput
from app.files.gate.csv_text import check_csv
from app.files.gate.images import check_jpeg, check_png
from app.files.gate.names import clean_name, split_extension
from app.files.gate.office import check_document, check_workbook
from app.files.gate.old_office import check_old_office
from app.files.gate.pdf import check_pdf
from app.files.gate.refusal import EMPTY, MACROS, MISLABELLED, NOT_ALLOWED, OLD_OFFICE, Refused

OFFICE = "application/vnd.openxmlformats-officedocument."
ALLOWED_WORDS = "xlsx、docx、pdf、csv、png、jpeg"
ACCEPT = ".xlsx,.docx,.pdf,.csv,.png,.jpg,.jpeg"

Check = Callable[[BinaryIO, int], None]

# extension → media type, what the content starts with, and the check of the whole
KINDS: dict[str, tuple[str, bytes, Check]] = {
    "xlsx": (f"{OFFICE}spreadsheetml.sheet", b"PK\x03\x04", check_workbook),
    "docx": (f"{OFFICE}wordprocessingml.document", b"PK\x03\x04", check_document),
    "pdf": ("application/pdf", b"%PDF-", check_pdf),
    "csv": ("text/csv", b"", check_csv),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n", check_png),
    "jpg": ("image/jpeg", b"\xff\xd8\xff", check_jpeg),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff", check_jpeg),
}
OLD_EXTENSIONS = ("xls", "doc", "xlt", "dot")
MACRO_EXTENSIONS = ("xlsm", "docm", "xltm", "dotm", "xlam", "xlsb")
OLE_START = bytes.fromhex("d0cf11e0a1b11ae1")


def check_content(name: str, content: BinaryIO, size: int) -> str:
    """Check a file and return its media type (受入検査); the stream ends where it began.

    `size` is the number of bytes the caller counted or was told. Raises InvalidInput with the
    reason at `file`.
    """
    try:
        media_type = _check(name, content, size)
    except Refused as refused:
        raise InvalidInput({"file": [refused.words]}) from refused
    content.seek(0)
    return media_type


def _check(name: str, content: BinaryIO, size: int) -> str:
    real_size = content.seek(0, os.SEEK_END)
    content.seek(0)
    if size == 0 or real_size == 0:
        raise Refused(EMPTY)
    extension = split_extension(clean_name(name))[1].lower()
    if extension in OLD_EXTENSIONS:
        raise Refused(OLD_OFFICE)
    if extension in MACRO_EXTENSIONS:
        raise Refused(MACROS)
    if extension not in KINDS:
        raise Refused(NOT_ALLOWED.format(allowed=ALLOWED_WORDS))
    media_type, start, check = KINDS[extension]
    head = content.read(len(OLE_START))
    if head == OLE_START:
        check_old_office(content, real_size)
    if not head.startswith(start):
        raise Refused(MISLABELLED.format(extension=extension))
    content.seek(0)
    check(content, real_size)
    return media_type
