"""Acts of the past, run in the order in which they happened (再現)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from app.core import clock


class Event(NamedTuple):
    """An act and when it happened (できごと)."""

    at: datetime
    act: Callable[[], object]


def replay(events: Iterable[Event]) -> int:
    """Run every act at its instant, oldest first, so that the trail is in order (再現).

    Acts of one instant keep the order in which they were given. Returns the number of acts; errors
    of the services are not caught: the demo holds nothing that the rules refuse.
    """
    ordered = sorted(events, key=lambda event: event.at)
    for event in ordered:
        with clock.at(event.at):
            event.act()
    return len(ordered)
