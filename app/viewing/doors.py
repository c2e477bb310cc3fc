"""Doors that stand open to a viewing (代理閲覧で開ける画面): all others are closed.

A door is opened here by hand, once its page is known to show nothing that the person who looks may
not see (tests/viewing). Neither files nor what the person keeps for himself are behind one.
"""

from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from app.core.access import PUBLIC, SIGNED_IN, audience_of
from app.core.viewing import Viewing, running_viewing

OPEN = frozenset(
    {
        "dashboard.home",
        "casework.index",
        "casework.show",
        "casework.deadlines",
        "casework.revisions",
        "casework.correction_letter",
        "casework.history",
        "casework.sheet",
        "handoffs.index",
        "public.index",
        "public.show",
    }
)
# Out of the viewing, and what every page needs.
ALWAYS = frozenset({"viewing.end", "accounts.logout", "static"})


def is_open(app: Flask, endpoint: str, viewing: Viewing) -> bool:
    """Whether a door opens to a viewing (代理閲覧で開ける画面).

    That of the person who looks, too: what is closed to either of the two is closed.
    """
    audience = audience_of(app, endpoint)
    if endpoint not in OPEN:
        return False
    return audience in (PUBLIC, SIGNED_IN) or bool(set(viewing.real.roles) & audience)


def is_closed_in_viewing(url: str) -> bool:
    """Whether an address of the product leads nowhere in the running viewing (使えない操作).

    False outside a viewing, and for an address within the page.
    """
    viewing, path = running_viewing(), urlsplit(url).path
    if viewing is None or not path:
        return False
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        endpoint, _ = adapter.match(path, method="GET")
    except HTTPException:
        # No page: a form alone, which changes something.
        return True
    return endpoint not in ALWAYS and not is_open(current_app, endpoint, viewing)
