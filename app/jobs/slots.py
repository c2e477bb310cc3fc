"""Which ticks of a job are due (定期処理の予定時刻)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from app.jobs.schedule import Job

# Widened until a tick is found, so that a job of every minute is not searched through a week.
SEARCH_WINDOWS = (timedelta(minutes=2), timedelta(hours=2), timedelta(days=2), timedelta(days=16))


class DueTick(NamedTuple):
    """A tick to be run (実行する回), and the first missed one it stands for."""

    scheduled_for: datetime
    stands_from: datetime | None


def latest_slot(job: Job, now: datetime) -> datetime | None:
    """Last scheduled instant up to `now`: a late tick has the name of the tick it was meant to be.

    All processes name it alike. None when the job was not due within the longest window.
    """
    for window in SEARCH_WINDOWS:
        found: datetime | None = None
        following: datetime | None = job.trigger().get_next_fire_time(None, now - window)
        while following is not None and following <= now:
            found = following
            following = job.trigger().get_next_fire_time(found, found + timedelta(seconds=1))
        if found is not None:
            return found
    return None


def due_ticks(job: Job, now: datetime, last: datetime | None) -> list[DueTick]:
    """Ticks to be run now, in order (抜けた回を含む予定時刻), after the one that ran `last` (P08).

    A job that runs `each_missed` gets every one of them, others the newest, which then names the
    first that it stands for. Without any earlier tick nothing was missed.
    """
    newest = latest_slot(job, now)
    if newest is None or (last is not None and newest <= last):
        return []
    missed = job.following(last) if last else newest
    if not job.each_missed:
        return [DueTick(newest, missed if missed and missed < newest else None)]
    found = []
    while missed is not None and missed <= newest:
        found.append(DueTick(missed, None))
        missed = job.following(missed)
    return found
