"""Files that go out (出力ファイル)."""

from flask import make_response
from werkzeug.wrappers import Response

from app.reports.files import ReportFile


def as_download(made: ReportFile) -> Response:
    """Answer with a file to be saved, never shown (ダウンロード)."""
    answer = make_response(made.content)
    answer.headers["Content-Type"] = made.content_type
    answer.headers["Content-Disposition"] = made.disposition
    return answer
