"""Who looks at whose screens (代理閲覧), for the length of one request.

Known below all features: the log, the trail and the pages name the person who really sits there.
"""

from datetime import datetime
from typing import Any, NamedTuple, Protocol

from flask import g, has_app_context


class Person(Protocol):
    """A person as the trail names people (利用者): id, words of body and name, roles."""

    @property
    def id(self) -> Any:
        """Id of the user."""

    @property
    def label(self) -> str:
        """Body and name."""

    @property
    def sealed_label(self) -> str:
        """Body, and a commitment to the name (`app.audit.actors`)."""

    @property
    def roles(self) -> Any:
        """Roles of the user."""


class Viewing(NamedTuple):
    """One person sees the screens of another, both named, to an aware instant (代理閲覧)."""

    real: Person
    target: Person
    until: datetime


def running_viewing() -> Viewing | None:
    """How the running request looks at the screens of somebody else; None as a rule (代理閲覧)."""
    found: Viewing | None = g.get("viewing") if has_app_context() else None
    return found
