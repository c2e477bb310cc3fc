"""The error table (誤りの案内): which refusal becomes which page. All pages are Japanese."""

import logging
from typing import Any

from flask import Flask, g, render_template, request
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.core.errors import DomainError, InvalidInput, NotAllowed, NotFound
from app.core.http import path_to_log, request_id
from app.core.lost_commits import OutcomeUnknown
from app.core.problems import is_for_program, problem
from app.core.sent_again import SentForm, sent_form
from app.core.storage import StorageFailure
from app.extensions import db

logger = logging.getLogger(__name__)

Page = tuple[str | Response, int]

HEADINGS = {
    400: "要求を読み取れませんでした",
    401: "ログインが必要です",
    403: "この操作はできません",
    404: "ページが見つかりません",
    405: "この操作の方法には対応していません",
    409: "今の状態ではこの操作はできません",
    413: "送られた内容が大きすぎます",
    422: "入力内容を確かめてください",
    429: "しばらく待ってからやり直してください",
    500: "システムの不具合で処理できませんでした",
    503: "混み合っているため処理できませんでした",
}
MESSAGES = {
    400: "送られた内容の形が正しくありません。前の画面に戻り、もう一度操作してください。",
    403: "あなたの役割では、このページや操作を使えません。"
    "必要なときは所属の管理者に相談してください。",
    404: "アドレスが正しいか確かめてください。表示する権限がないときも、この案内になります。",
    405: "画面のボタンから操作してください。",
    413: "文字や添付の量を減らして、もう一度送ってください。",
    429: "短い時間に操作が続きました。10分ほど待ってからやり直してください。",
    500: "操作は取り消され、何も変更されていません。時間をおいてやり直し、続くときは"
    "下の番号を添えて事務局に連絡してください。",
    503: "操作は取り消され、何も変更されていません。少し待ってから、もう一度操作してください。",
}
CSRF_MESSAGE = (
    "画面を開いてから時間がたったか、別の画面でログインし直したため、送信を受け付けませんでした。"
    "前の画面に戻って開き直し、もう一度送ってください。"
)
COLLISION_MESSAGE = (
    "ほかの人が同時に同じものを登録したため、この操作は行いませんでした。"
    "前の画面に戻って開き直し、今の内容を確かめてください。"
)
STORAGE_MESSAGE = (
    "ファイルの保管庫が使えないため、操作を取り消しました。何も変更されていません。"
    "少し待ってやり直し、続くときは下の番号を添えて事務局に連絡してください。"
)
UNKNOWN_HEADING = "操作が済んだかどうかを確かめられませんでした"
UNKNOWN_MESSAGE = (
    "操作を確定している間に、データベースとの接続が切れました。少し待ってから元の画面を開き直し、"
    "済んでいるかどうかを確かめてください。"
)
STATUS_OF_ERROR: tuple[tuple[type[DomainError], int], ...] = (
    (NotAllowed, 403),
    (NotFound, 404),
    (InvalidInput, 422),
)


def status_of(error: DomainError) -> int:
    """HTTP status of a refusal; 422 for what has no row of its own."""
    return next((status for kind, status in STATUS_OF_ERROR if isinstance(error, kind)), 422)


def error_page(status: int, message: str = "", title: str = "") -> Page:
    """Render the page for a status, with the words of the refusal where there are some.

    A program is answered in JSON (`app.core.problems`).

    From 500 on it holds what was sent, to be sent again or copied (P17).
    """
    heading = title or HEADINGS.get(status, HEADINGS[500] if status >= 500 else HEADINGS[400])
    g.is_failing = status >= 500
    if is_for_program():
        return problem(status, heading, message), status
    words = message or MESSAGES.get(status, MESSAGES[400])
    if g.is_failing and "_login_user" not in g:
        # Where the reading of the person failed, Flask-Login would ask once more for the template.
        g._login_user = AnonymousUserMixin()
    is_known = status < 500 and current_user.is_authenticated
    link = ("ホームへ戻る", "/") if is_known or status >= 500 else ("ログインする", "/login")
    return (
        render_template(
            "errors/page.html",
            status=status,
            heading=heading,
            message=words,
            links=[link],
            sent=sent_form() if g.is_failing else SentForm(),
            request_id=request_id(),
        ),
        status,
    )


def _show_domain_error(error: DomainError) -> Page:
    message = error.message
    if isinstance(error, InvalidInput):
        message = "。".join(text for texts in error.errors.values() for text in texts) + "。"
    return error_page(status_of(error), message)


def _show_http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    page, code = error_page(status)
    headers = [item for item in error.get_headers() if item[0] in ("Allow", "Retry-After")]
    return page, code, headers


def _show_csrf_error(error: CSRFError) -> Page:
    return error_page(400, CSRF_MESSAGE)


def _show_collision(error: IntegrityError) -> Page:
    # The first line names the constraint; what follows it may hold what a person typed.
    reason = str(error.orig).partition("\n")[0]
    logger.warning("collision at %s %s: %s", request.method, path_to_log(), reason)
    return error_page(409, COLLISION_MESSAGE)


def _show_database_trouble(
    error: OperationalError | NoConnection,
) -> tuple[str | Response, int, dict[str, str]]:
    logger.exception("database trouble at %s %s", request.method, path_to_log())
    page, status = error_page(503)
    return page, status, {"Retry-After": "5"}


def _show_unknown(error: OutcomeUnknown) -> tuple[str | Response, int, dict[str, str]]:
    logger.exception("nobody knows what was committed at %s %s", request.method, path_to_log())
    page, status = error_page(503, UNKNOWN_MESSAGE, UNKNOWN_HEADING)
    return page, status, {"Retry-After": "5"}


def _show_storage_trouble(error: StorageFailure) -> tuple[str | Response, int, dict[str, str]]:
    logger.exception("storage trouble at %s %s", request.method, path_to_log())
    page, status = error_page(503, STORAGE_MESSAGE)
    return page, status, {"Retry-After": "60"}


def _show_unreadable(error: DataError | OverflowError) -> Page:
    # A NUL in a text or a number that no column holds: made by hand, no screen sends it.
    logger.warning("unreadable value at %s %s", request.method, path_to_log())
    db.session.rollback()
    return error_page(400)


def _show_fault(error: Exception) -> Page:
    logger.exception("fault at %s %s", request.method, path_to_log())
    return error_page(500)


def init_error_pages(app: Flask) -> None:
    """Bind the error table to the application."""
    app.register_error_handler(DomainError, _show_domain_error)
    app.register_error_handler(CSRFError, _show_csrf_error)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(IntegrityError, _show_collision)
    app.register_error_handler(OperationalError, _show_database_trouble)
    # All connections were in use for as long as a request waits for one (P17).
    app.register_error_handler(NoConnection, _show_database_trouble)
    app.register_error_handler(OutcomeUnknown, _show_unknown)
    app.register_error_handler(StorageFailure, _show_storage_trouble)
    app.register_error_handler(DataError, _show_unreadable)
    app.register_error_handler(OverflowError, _show_unreadable)
    app.register_error_handler(Exception, _show_fault)
