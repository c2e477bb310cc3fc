"""The gate of a viewing (代理閲覧の関門): before every view, and before that of the roles."""

from typing import cast

from flask import Flask, current_app, g, request, session
from flask_login import current_user

from app.accounts.models import User
from app.audit.reading import note_read
from app.core.errors import NotAllowed, NotFound
from app.core.repeated_posts import refuse_known
from app.core.viewing import Viewing, running_viewing
from app.extensions import db
from app.viewing.doors import ALWAYS, is_closed_in_viewing, is_open
from app.viewing.rows import narrow, widen

READING = ("GET", "HEAD", "OPTIONS")
WRITE_REFUSED = (
    "代理閲覧では、見ることだけができます。何も変わっていません。"
    "操作するときは「代理閲覧を終える」を押し、自分の画面で行ってください。"
)
CLOSED = (
    "代理閲覧では開けない画面か、あなたと閲覧している相手のどちらかが見られない内容です。"
    "「代理閲覧を終える」を押すと、自分の画面に戻ります。"
)


def init_viewing(app: Flask) -> None:
    """Put the gate before every view (代理閲覧の関門)."""
    app.before_request(watch_viewing)
    app.jinja_env.globals["is_closed_in_viewing"] = is_closed_in_viewing
    app.teardown_request(_leave)


def watch_viewing() -> None:
    """Show a viewing what both persons may see, and let it change nothing.

    Raises NotAllowed for an unsafe method, NotFound for a door that is closed to viewings,
    AlreadyPosted and PostedDifferently for the form that began it.
    """
    # A stranger, a file of the program: nobody is looked up for this.
    if "_user_id" not in session or request.endpoint == "static":
        return
    viewing = running_viewing() if current_user.is_authenticated else None
    if viewing is None:
        return
    real = cast(User, viewing.real)
    g.viewing_listener = narrow(db.session, real)
    if request.endpoint not in ALWAYS:
        _judge(viewing)


def _judge(viewing: Viewing) -> None:
    if request.method not in READING:
        # The form that began it, pressed twice, gets its first answer (P04).
        refuse_known()
        raise NotAllowed(WRITE_REFUSED)
    # One that does not exist is answered as always.
    if request.endpoint is not None and not is_open(current_app, request.endpoint, viewing):
        raise NotFound(CLOSED)
    note_read("user", viewing.target.id)


def _leave(_error: BaseException | None) -> None:
    listener = g.pop("viewing_listener", None)
    if listener is not None:
        widen(db.session, listener)
