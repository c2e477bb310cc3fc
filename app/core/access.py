"""The first gate (入口の権限): every endpoint says who may come in, or nothing starts."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])

AUDIENCE = "audience"
PUBLIC = "public"
SIGNED_IN = "signed_in"
BEARER = "bearer"

# Typed again by the person, never shown by a page.
SECRET_FIELDS = frozenset({"password", "present", "code", "token"})
# Not among the texts that are shown to be copied; shorter values are quickly typed again.
UNSEEN_FIELDS = SECRET_FIELDS | {"csrf_token", "form_key", "draft_key"}
SHORTEST_TEXT = 10  # characters


def public(view: View) -> View:
    """Let anybody in, signed in or not (公開)."""
    setattr(view, AUDIENCE, PUBLIC)
    return view


def signed_in(view: View) -> View:
    """Let every signed-in user in (ログイン必須)."""
    setattr(view, AUDIENCE, SIGNED_IN)
    return view


def bearer(view: View) -> View:
    """Let in the programs that bring a token (APIトークン); no session opens the door."""
    setattr(view, AUDIENCE, BEARER)
    return view


def roles(*allowed: StrEnum) -> Callable[[View], View]:
    """Let in the users who hold one of the roles (役割)."""

    def declare(view: View) -> View:
        setattr(view, AUDIENCE, frozenset(allowed))
        return view

    return declare


def audience_of(app: Flask, endpoint: str) -> Any:
    """Declared audience of an endpoint, None when it declares none."""
    return getattr(app.view_functions[endpoint], AUDIENCE, None)


def refuse_undeclared(app: Flask) -> None:
    """Refuse to start while an endpoint has no audience (default deny). Raises RuntimeError."""
    missing = sorted(name for name in app.view_functions if audience_of(app, name) is None)
    if missing:
        raise RuntimeError(f"endpoints without an audience: {', '.join(missing)}")


def gate() -> Response | tuple[str, int] | None:
    """Stop a request whose sender is not of the endpoint's audience; runs before every view."""
    if request.endpoint is None:
        return None
    audience = audience_of(current_app, request.endpoint)
    if audience == PUBLIC:
        return None
    if audience == BEARER:
        # Whoever looks at the tokens has left the one that is right; without it nobody comes in.
        return None if "api_token" in g else abort(401)
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if audience != SIGNED_IN and not current_user.has_role(*audience):
        abort(403)
    return None


def _ask_to_sign_in() -> Response | tuple[str, int]:
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")))
    # The session ended while somebody was writing: what was typed is shown, to be copied.
    return render_template("errors/session_ended.html", typed=typed_texts()), 401


def typed_texts() -> list[str]:
    """Texts of the running request that are worth showing again, to be copied (送った文)."""
    return [text for name, text in request.form.items() if is_worth_keeping(name, text)]


def is_worth_keeping(name: str, text: str) -> bool:
    """Whether a text that was sent is shown again: long enough, and typed by a person."""
    return name not in UNSEEN_FIELDS and len(text) >= SHORTEST_TEXT
