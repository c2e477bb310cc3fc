"""Requests that carry files (ファイルの送信): larger than others, for those signed in alone."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])

LIMIT = "upload_limit_bytes"
# Room for the names, the token and the boundaries around the files.
ENVELOPE_BYTES = 1 << 20


def takes_files(limit_bytes: int) -> Callable[[View], View]:
    """Let an endpoint take files of together at most `limit_bytes` in one request (送信の上限)."""

    def declare(view: View) -> View:
        setattr(view, LIMIT, limit_bytes)
        return view

    return declare


def widen_limit() -> None:
    """Widen the limit of this request, before anything reads it (送信の上限).

    A stranger keeps the general limit: nobody fills the disk before the gate has looked at them.
    """
    if request.endpoint is None or request.method not in ("POST", "PUT"):
        return
    limit = getattr(current_app.view_functions.get(request.endpoint), LIMIT, None)
    if limit is not None and current_user.is_authenticated:
        request.max_content_length = limit + ENVELOPE_BYTES


def close_files(_error: BaseException | None) -> None:
    """Close what was sent, read or not: large files lie in temporary ones (後始末)."""
    request.close()


def init_uploads(app: Flask) -> None:
    """Bind the limit to the application; before whatever reads forms."""
    app.before_request(widen_limit)
    app.teardown_request(close_files)
