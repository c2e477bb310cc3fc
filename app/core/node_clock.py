"""The clock of this node against that of the database (時計のずれ, P20).

Deadlines are decided by the clock of the node that was asked (`clock.now`). So a node whose clock
is off must not be asked: it is not ready. Where the database is a file, both are one clock.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.core import clock
from app.extensions import db

NOT_READY = timedelta(seconds=2)
NO_JOBS = timedelta(seconds=60)


def clock_offset() -> timedelta:
    """How far the clock of this node is ahead of the database (時計のずれ), behind when negative.

    One question; half of the way there and back is taken off.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        return timedelta(0)
    asked_at = clock.now()
    theirs: datetime = db.session.scalars(select(func.clock_timestamp())).one()
    answered_at = clock.now()
    return asked_at + (answered_at - asked_at) / 2 - theirs


def is_off(offset: timedelta) -> bool:
    """Whether a node with this offset should answer nobody (時計のずれ)."""
    return abs(offset) > NOT_READY


def is_far_off(offset: timedelta) -> bool:
    """Whether a node with this offset should run no job (時計の大きなずれ)."""
    return abs(offset) > NO_JOBS


def offset_in_words(offset: timedelta) -> str:
    """Words of an offset for operators: `off by -120 s`."""
    return f"off by {offset.total_seconds():.0f} s"
