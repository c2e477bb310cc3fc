"""Doors that stand open to a viewing (代理閲覧で開ける画面): all others are closed.

A door is opened here by hand, once its page is known to show nothing that the person who looks may
not see (tests/viewing). Neither files nor what the person keeps for himself are behind one.
"""

from flask import Flask

from app.core.access import PUBLIC, SIGNED_IN, audience_of
from app.core.viewing import Viewing

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
    opens_to_real = audience in (PUBLIC, SIGNED_IN) or bool(set(viewing.real.roles) & audience)
    return endpoint in OPEN and opens_to_real
