"""Files that go out (出力ファイル)."""

from collections.abc import Iterator
from typing import BinaryIO

from flask import make_response
from werkzeug.wrappers import Response

from app.exchange.files import ExportFile
from app.reports.files import ReportFile

CHUNK_BYTES = 64 * 1024


def as_download(made: ReportFile) -> Response:
    """Answer with a file to be saved, never shown (ダウンロード)."""
    answer = make_response(made.content)
    answer.headers["Content-Type"] = made.content_type
    answer.headers["Content-Disposition"] = made.disposition
    return answer


def as_streamed_download(made: ExportFile) -> Response:
    """Answer with a large file, read from where it stands while it is sent (ダウンロード)."""
    answer = Response(_chunks(made.file), content_type=made.content_type, direct_passthrough=True)
    answer.call_on_close(made.file.close)
    answer.content_length = made.size
    answer.headers["Content-Disposition"] = made.disposition
    return answer


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
