"""Headers of every answer (応答ヘッダー) and the id of every request (要求番号)."""

import re
import secrets
from functools import lru_cache

from flask import Flask, abort, current_app, g, request, url_for
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from config import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
STATIC_SECONDS = 3600
LARGEST_ID = 2**31 - 1
# What a proxy may call a request; it fits the column of the trail.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,32}")
# Longer than any number or name of ours.
LONGEST_SEGMENT = 24
HIDDEN = "***"


class IdConverter(IntegerConverter):
    """Number in an address: one that no table can hold is an address that does not exist."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def give_request_id() -> None:
    """Give the request an id that stands in the log, the trail and on error pages.

    That of the proxy, where one stands before us: a stranger does not choose it.
    """
    given = request.headers.get("X-Request-Id", "") if _has_proxy() else ""
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _has_proxy() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.TRUSTED_PROXIES > 0


def refuse_null_characters() -> None:
    """Refuse what no text holds and PostgreSQL cannot store: a NUL anywhere in the request."""
    if "\0" in request.path:
        abort(404)
    if any("\0" in text for text in (*request.args.values(), *request.form.values())):
        abort(400)


def request_id() -> str:
    """Id of the running request, empty outside one."""
    return str(g.get("request_id", "")) if g else ""


def path_to_log() -> str:
    """Path of the running request for log lines: never the query, and no long part (鍵の類).

    Keys of invitations and new passwords stand in the query; a long part may be one mistyped.
    """
    return "/".join(
        HIDDEN if len(part) > LONGEST_SEGMENT else part for part in request.path.split("/")
    )


def add_headers(response: Response) -> Response:
    """Add the security headers (P43): strict CSP, nothing cached but the static files."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Request-Id"] = request_id()
    if request.endpoint == "static":
        headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}"
    else:
        headers["Cache-Control"] = "no-store"
        headers["Vary"] = "Cookie"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def static_url(filename: str) -> str:
    """Address of a file of the application itself (静的ファイル): one page names forty of them."""
    return _static_url(filename, request.script_root)


@lru_cache(maxsize=256)
def _static_url(filename: str, _script_root: str) -> str:
    # It changes with nothing but the place where the application is mounted.
    return url_for("static", filename=filename)


def init_http(app: Flask) -> None:
    """Bind request ids, headers and the reading of ids to the application."""
    app.jinja_env.globals["static_url"] = static_url
    app.url_map.converters["int"] = IdConverter
    app.before_request(give_request_id)
    app.before_request(refuse_null_characters)
    app.after_request(add_headers)
