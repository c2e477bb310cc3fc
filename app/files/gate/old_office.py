"""OLE containers (複合ファイル): old Office files, and new ones that carry a password."""

from typing import BinaryIO, NoReturn

from app.files.gate.refusal import ENCRYPTED, OLD_OFFICE, Refused

# The directory of a container names its streams in UTF-16.
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
CHUNK = 1 << 20


def check_old_office(content: BinaryIO, size: int) -> NoReturn:
    """Refuse an OLE container, and say what to do about it. Raises Refused."""
    content.seek(0)
    tail = b""
    while chunk := content.read(CHUNK):
        if ENCRYPTED_STREAM in tail + chunk:
            raise Refused(ENCRYPTED)
        tail = chunk[-len(ENCRYPTED_STREAM) :]
    raise Refused(OLD_OFFICE)
