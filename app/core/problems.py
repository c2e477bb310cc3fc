"""Refusals as programs read them (問題の詳細, RFC 9457): JSON, in Japanese, with the request id."""

import json
from collections.abc import Mapping, Sequence

from flask import Response, request

from app.core.http import request_id

API_PATH = "/api/"
PROBLEM_TYPE = "application/problem+json"
# What a page says of buttons and screens helps no program.
MESSAGES = {
    400: "要求の形が正しくありません。見出しとパラメーターを確かめてください。",
    401: "見出し Authorization: Bearer に、発行したAPIトークンを付けてください。",
    403: "このAPIトークンの範囲では読めません。",
    404: "見つかりません。番号とアドレスを確かめてください。読めないものも、この案内になります。",
    405: "この方法では使えません。APIは読み取り（GET）だけです。",
    429: "要求が続きました。見出し Retry-After の秒数だけ待ってから続けてください。",
    500: "システムの不具合で答えられませんでした。"
    "続くときは、request_id を添えて事務局に連絡してください。",
    503: "混み合っているため答えられませんでした。"
    "見出し Retry-After の秒数だけ待ってから、もう一度送ってください。",
}


def is_for_program() -> bool:
    """Whether a program asks (API): told by the address, also of what does not exist."""
    return request.path.startswith(API_PATH)


def problem(
    status: int,
    title: str,
    detail: str = "",
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A refusal as a program reads it (問題の詳細); `errors` by the name of the parameter."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or MESSAGES.get(status, MESSAGES[400]),
        "request_id": request_id(),
    }
    if errors:
        content["errors"] = [
            {"name": name, "message": message} for name, said in errors.items() for message in said
        ]
    made = Response(json.dumps(content, ensure_ascii=False), status, mimetype=PROBLEM_TYPE)
    made.headers.extend(headers or {})
    return made
