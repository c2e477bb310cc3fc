"""Raising an alarm and telling that it is over (警報の発報と解除): each of them once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.accounts.models import User
from app.core import clock
from app.core.eras import format_datetime
from app.extensions import db
from app.jobs.models import AlarmKind, JobAlarm
from app.jobs.queries import find_alarm
from app.notifications.services import enqueue

# Who is told, by the page they may open (知らせる相手).
Readers = Mapping[str, Sequence[User]]

LETTERS = {
    AlarmKind.FAILED: "job_failed",
    AlarmKind.CUT_SHORT: "job_failed",
    AlarmKind.LATE: "job_late",
    AlarmKind.CLOCK: "clock_off",
    AlarmKind.AUDIT_BROKEN: "audit_broken",
    AlarmKind.DISK: "disk_low",
}


def raise_alarm(
    job: str,
    kind: AlarmKind,
    moment: datetime,
    *,
    label: str,
    words: str,
    readers: Readers,
) -> bool:
    """Note an alarm and write to its readers (警報); False when it was raised before.

    Two processes that notice it at once meet at the unique row: one of them is rolled back.
    """
    if find_alarm(job, kind, moment) is not None:
        return False
    db.session.add(JobAlarm(job=job, kind=kind, moment=moment, words=words, raised_at=clock.now()))
    db.session.flush()
    _write(LETTERS[kind], readers, _key(job, kind, moment), label, moment, words)
    return True


def end_alarm(alarm: JobAlarm, *, label: str, readers: Readers) -> None:
    """Note that an alarm is over and write so, once (警報の解除)."""
    alarm.ended_at = clock.now()
    key = f"{_key(alarm.job, alarm.kind, alarm.moment)}:over"
    _write("job_recovered", readers, key, label, alarm.moment, alarm.words)


def _write(
    letter: str, readers: Readers, key: str, label: str, moment: datetime, words: str
) -> None:
    for path, people in readers.items():
        enqueue(
            letter,
            people,
            key=key,
            path=path,
            label=label,
            moment=format_datetime(moment),
            words=words,
        )


def _key(job: str, kind: AlarmKind, moment: datetime) -> str:
    return f"job_alarm:{kind.value}:{job}:{moment.isoformat()}"
