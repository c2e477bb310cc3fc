"""The gate of the pledge (誓約の関門): without it an account reads, and changes nothing (P52)."""

from flask import Flask, current_app, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.access import PUBLIC, audience_of, typed_texts
from app.outsiders.gate import OWN_ACTS, OWN_PAGES, READING

VIEWING = "viewing"
MESSAGE = (
    "年に1回の研修・誓約が済んでいないため、閲覧だけができます。何も変更していません。"
    "誓約は1分ほどで済みます。済ませてから、もう一度操作してください。"
)


def init_attestations(app: Flask) -> None:
    """Put the gate before every view (誓約の関門); after that of the roles."""
    app.before_request(stop_unattested)


def is_unattested_reading() -> bool:
    """Whether the running page is one that is only read for want of a pledge (閲覧だけの画面)."""
    return not current_user.is_attested and request.endpoint not in OWN_PAGES


def stop_unattested() -> Response | None:
    """Refuse every act but those on the own account until the pledge is given (変更の拒否)."""
    endpoint = request.endpoint
    if endpoint is None or request.method in READING or endpoint in OWN_ACTS:
        return None
    # Whoever looks at the screens of another (代理閲覧) can always leave them.
    if audience_of(current_app, endpoint) == PUBLIC or request.blueprint == VIEWING:
        return None
    if current_user.is_attested:
        return None
    page = render_template(
        "errors/read_only.html",
        heading="研修・誓約を済ませてください",
        message=MESSAGE,
        typed=typed_texts(),
        link=("研修・誓約の画面を開く", url_for("attestations.attest")),
    )
    return make_response(page, 403)
