"""Telling the contacts what is wrong with the jobs, and that it is over (定期処理の見張り)."""

import logging
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.node_clock import offset_in_words
from app.core.unit_of_work import unit_of_work
from app.jobs.alarms import end_alarm, raise_alarm
from app.jobs.models import LONGEST_JOB, AlarmKind, JobAlarm
from app.jobs.queries import open_alarms, people_to_tell
from app.jobs.schedule import JOBS, Job
from app.jobs.standing import TROUBLE_STATES, Trouble, troubles

CLOCK_LABEL = "サーバーの時計"
JOBS_PATH = "/jobs"

logger = logging.getLogger(__name__)


def supervise(now: datetime, jobs: Sequence[Job] = JOBS) -> None:
    """Tell of new troubles, and of those that are over (警報と解除); each once.

    Safe with any number of processes: the row of an alarm is unique, and whoever comes second
    leaves it. Writes nothing while nothing has changed.
    """
    try:
        if _new_troubles(now, jobs) or _ended(now, jobs):
            with unit_of_work():
                _tell(now, jobs)
    except IntegrityError:
        logger.info("another process told of the jobs first")


def tell_of_clock(offset: timedelta) -> None:
    """Tell that no job is run here, by the time of the database (時計のずれの警報); once."""
    node = node_name()
    if any(_is_clock_of(alarm, node) for alarm in open_alarms()):
        return
    true_now = (clock.now() - offset).replace(microsecond=0)
    words = f"{node} の時計が、データベースの時計とずれています（{offset_in_words(offset)}）。"
    # What this node takes for now would be kept as the time of the alarm.
    with clock.at(true_now), unit_of_work():
        raise_alarm(
            node,
            AlarmKind.CLOCK,
            true_now,
            label=CLOCK_LABEL,
            words=words,
            readers={JOBS_PATH: people_to_tell(node)},
        )


def _tell(now: datetime, jobs: Sequence[Job]) -> None:
    for trouble in _new_troubles(now, jobs):
        name = trouble.job.name
        raise_alarm(
            name,
            trouble.kind,
            trouble.moment,
            label=trouble.job.label,
            words=trouble.words,
            readers={f"{JOBS_PATH}/{name}": people_to_tell(name)},
        )
    labels = {job.name: job.label for job in jobs}
    for alarm in _ended(now, jobs):
        path = f"{JOBS_PATH}/{alarm.job}" if alarm.job in labels else JOBS_PATH
        end_alarm(
            alarm,
            label=labels.get(alarm.job, CLOCK_LABEL),
            readers={path: people_to_tell(alarm.job)},
        )


def _new_troubles(now: datetime, jobs: Sequence[Job]) -> list[Trouble]:
    """What nobody was told of yet (新しい異常).

    A job of every few seconds that goes on failing is told of once, until it is well again.
    """
    known = open_alarms()
    told = {(alarm.job, alarm.kind) for alarm in known}
    told_ticks = {(alarm.job, alarm.kind, alarm.moment) for alarm in known}
    return [
        row
        for row in troubles(now, jobs)
        if (row.job.name, row.kind, row.moment) not in told_ticks
        and (row.job.each_missed or (row.job.name, row.kind) not in told)
    ]


def _ended(now: datetime, jobs: Sequence[Job]) -> list[JobAlarm]:
    """Alarms whose trouble is no more (終わった異常), and those of this node's clock."""
    found = troubles(now, jobs)
    ticks = {(row.job.name, row.kind, row.moment) for row in found}
    kinds = {(row.job.name, row.kind) for row in found}
    each = {job.name: job.each_missed for job in jobs}
    return [
        alarm
        for alarm in open_alarms()
        if _is_clock_of(alarm, node_name())
        or (
            alarm.kind in TROUBLE_STATES
            and alarm.job in each
            and (
                (alarm.job, alarm.kind, alarm.moment) not in ticks
                if each[alarm.job]
                else (alarm.job, alarm.kind) not in kinds
            )
        )
    ]


def _is_clock_of(alarm: JobAlarm, node: str) -> bool:
    return alarm.kind == AlarmKind.CLOCK and alarm.job == node


def node_name() -> str:
    """Name of this machine (台の名前)."""
    return socket.gethostname()[:LONGEST_JOB]
