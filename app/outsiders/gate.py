"""The gate of the outsiders (部外者の関門): they read, take nothing away, and every look is noted.

Asked beside the gate of the roles, before every view and after it, so that no page has to think of
people from outside.
"""

from flask import Flask, current_app, g, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.audit.reading import Reader, note_read
from app.audit.refusals import refusal_is_told
from app.audit.services import Subject, record
from app.core.access import PUBLIC, audience_of, typed_texts
from app.core.unit_of_work import side_transaction
from app.extensions import db
from app.outsiders.queries import PAGE, REFUSED

READING = ("GET", "HEAD", "OPTIONS")
# What is one's own account's, and the duty to tell of a leak, which everybody has (P51).
OWN_ACTS = frozenset(
    {
        "accounts.end_other_sessions",
        "accounts.end_own_session",
        "accounts.logout",
        "accounts.own_device",
        "accounts.own_factor",
        "accounts.own_password",
        "accounts.recovery_codes",
        "accounts.remove_factor",
        "attestations.attest",
        "incidents.new",
        "tokens.revoke",
    }
)
# Pages whose forms are offered to an outsider, too.
OWN_PAGES = OWN_ACTS | {"accounts.own_account"}
NO_ACTS = (
    "部外者のアカウントは、閲覧だけができます。何も変更していません。"
    "変更が必要なときは、監督者に依頼してください。"
)
NO_FILES = (
    "部外者のアカウントでは、ファイルや表を取り出せません。必要なときは、監督者に依頼してください。"
)


def init_outsiders(app: Flask) -> None:
    """Put the gate around every view (部外者の関門); after that of the roles."""
    app.before_request(stop_acts)
    app.after_request(watch_reading)


def is_outsider_reading() -> bool:
    """Whether the running page is one that an outsider only reads (閲覧だけの画面)."""
    return current_user.is_outsider and request.endpoint not in OWN_PAGES


def stop_acts() -> Response | None:
    """Refuse an outsider every act but those on the own account (変更の拒否)."""
    endpoint = request.endpoint
    if endpoint is None or request.method in READING or endpoint in OWN_ACTS:
        return None
    if audience_of(current_app, endpoint) == PUBLIC or not current_user.is_outsider:
        return None
    return _refuse(NO_ACTS)


def watch_reading(response: Response) -> Response:
    """Note every page that an outsider looks at, and hand out no file (閲覧の記録・持ち出し)."""
    # A page of trouble shows nothing that was kept, and asks the database nothing (0076).
    if g.get("is_failing", False):
        return response
    is_known = "_login_user" in g and current_user.is_authenticated
    if not is_known or request.endpoint == "static" or not _is_outsider():
        return response
    if "Content-Disposition" in response.headers:
        response.close()
        return _refuse(NO_FILES)
    note_read(PAGE, 0)
    return response


def _is_outsider() -> bool:
    known: bool | None = g.get("reads_as_outsider")
    return current_user.is_outsider if known is None else known


def _refuse(message: str) -> Response:
    number, label = current_user.id, current_user.sealed_label
    refusal_is_told()
    # The entry waits for no transaction of the request.
    db.session.rollback()
    with side_transaction() as session:
        record(
            REFUSED,
            Subject(type="user", id=number),
            actor=Reader(number, label),
            changes={"endpoint": request.endpoint, "method": request.method},
            session=session,
        )
    page = render_template(
        "errors/read_only.html",
        heading="この操作はできません",
        message=message,
        typed=typed_texts(),
        link=("ホームへ戻る", url_for("dashboard.home")),
    )
    return make_response(page, 403)
