"""Where a request comes from (要求の出所): the host it names, and the site that sent it (P42, P45).

Beside the token of the forms, not in its place: a token that leaked is of no use to another site.
"""

from urllib.parse import urlsplit

from flask import Flask, current_app, request

from app.core.error_pages import Page, error_page

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# "none": the person started it, from a bookmark or by loading the page again.
OWN_SITE = frozenset({"same-origin", "none"})
# What the machine itself asks by, for its health pages; no address is ever made of it.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

OTHER_SITE_MESSAGE = (
    "このシステムの画面ではないところから送られたため、受け付けませんでした。何も変更されていません。"
    "このシステムの画面を開き、画面のボタンから操作してください。"
)
OTHER_HOST_MESSAGE = (
    "このアドレスでは使えません。案内されたアドレスから開いてください。"
    "アドレスが正しいのにこの案内になるときは、事務局に連絡してください。"
)


def allowed_hosts(public_url: str) -> frozenset[str]:
    """Hosts that a request may name when people come by `public_url` (受け付けるホスト名)."""
    return LOOPBACK | {host_of(urlsplit(public_url).netloc)}


def host_of(netloc: str) -> str:
    """Host without its port, in small letters; brackets around IPv6 stay."""
    name, colon, port = netloc.lower().rpartition(":")
    return name if colon and port.isdigit() else netloc.lower()


def refuse_other_hosts() -> Page | None:
    """Refuse a request that names a host of somebody else (ホスト名の検査, P45)."""
    allowed: frozenset[str] | None = current_app.config.get("ALLOWED_HOSTS")
    if allowed is None or host_of(request.host) in allowed:
        return None
    return error_page(400, OTHER_HOST_MESSAGE)


def refuse_other_sites() -> Page | None:
    """Refuse a change that another site has sent (送信元の検査, P42).

    Browsers tell by `Sec-Fetch-Site`, older ones by `Origin`; what tells neither is no browser, or
    one so old that the token alone stands there.
    """
    if request.method not in UNSAFE_METHODS:
        return None
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    is_ours = (site is None or site in OWN_SITE) and (origin is None or origin in own_origins())
    return None if is_ours else error_page(403, OTHER_SITE_MESSAGE)


def own_origins() -> frozenset[str]:
    """Origins of our own pages: as people come, and as this request was asked for."""
    public = urlsplit(current_app.config["PUBLIC_URL"])
    here = f"{request.scheme}://{request.host}"
    return frozenset({f"{public.scheme}://{public.netloc}".lower(), here.lower()})


def init_origin(app: Flask) -> None:
    """Bind both checks to the application; before anything reads the session or the form."""
    app.before_request(refuse_other_hosts)
    app.before_request(refuse_other_sites)
