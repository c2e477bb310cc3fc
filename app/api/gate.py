"""The gate of the API (APIの関門): a token and nothing else opens it; nowhere else opens one."""

from flask import Flask, current_app, g, request
from flask_login import AnonymousUserMixin
from werkzeug.wrappers import Response

from app.core.access import BEARER, audience_of
from app.core.problems import is_for_program, problem
from app.tokens.use import TokenRefused, WaitBeforeNext, admit
from config import Settings

SCHEME = "bearer"
REFUSED = "APIトークンが要ります"
WAIT = "しばらく待ってから続けてください"
# The same to whoever brings none and to whoever brings a wrong one.
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}


def init_api(app: Flask) -> None:
    """Put the gate before all others (APIの関門)."""
    app.before_request(admit_program)


def admit_program() -> Response | None:
    """Let a program in by its token (APIトークン), as the owner of it.

    The cookie of a browser is not looked at: a page of another site that asks in its name gets
    nothing. What does not exist is answered to everybody as always.
    """
    if not is_for_program():
        return None
    g._login_user = AnonymousUserMixin()
    if request.endpoint is None or audience_of(current_app, request.endpoint) != BEARER:
        return None
    secret = _secret()
    if secret is None:
        return problem(401, REFUSED, headers=CHALLENGE)
    try:
        token, g.meets_freezes = admit(
            secret, source=request.remote_addr or "", free_tries=_settings().SIGN_IN_FREE_TRIES
        )
    except TokenRefused as refused:
        return problem(401, REFUSED, refused.message, headers=CHALLENGE)
    except WaitBeforeNext as refused:
        headers = {"Retry-After": str(refused.seconds)}
        return problem(429, WAIT, refused.message, headers=headers)
    g.api_token, g._login_user = token, token.user
    return None


def _secret() -> str | None:
    """What the request brings as its token; None for nothing, or something else."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == SCHEME else None


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
