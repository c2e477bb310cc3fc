"""Handing out files (ファイルの配信): never shown in the browser, only saved (P32)."""

import unicodedata
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from flask import Response

from app.core.errors import NotAllowed
from app.core.storage import CHUNK
from app.files.gate.names import split_extension
from app.files.labels import NOT_SERVED
from app.files.models import StoredFile, Verdict
from app.files.services import open_content

CONTENT_SECURITY_POLICY = "default-src 'none'; sandbox"


def serve(stored: StoredFile) -> Response:
    """Answer with the content of a clean file, to be saved under its name (ダウンロード).

    The caller has judged who asks. Raises NotAllowed, in words, for what the scanner has not
    passed; StorageFailure for a content that is gone or damaged.
    """
    if stored.verdict is not Verdict.CLEAN:
        raise NotAllowed(NOT_SERVED[stored.verdict])
    content = open_content(stored)
    response = Response(_pieces(content), mimetype=stored.media_type)
    response.call_on_close(content.close)
    # No charset: a table in CP932 is none in UTF-8.
    response.headers["Content-Type"] = stored.media_type
    response.headers["Content-Length"] = str(stored.size_bytes)
    response.headers["Content-Disposition"] = disposition(stored.name)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def disposition(name: str) -> str:
    """Header that names a file to be saved (RFC 6266): plain letters, and all of them after it."""
    stem, extension = split_extension(name)
    # A name of Japanese letters alone leaves nothing of its stem.
    plain = _plain_letters(stem) or "file"
    if extension:
        plain = f"{plain}.{_plain_letters(extension)}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _plain_letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in folded if letter.isalnum() or letter in "-_. ").strip(" .")


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    while piece := content.read(CHUNK):
        yield piece
