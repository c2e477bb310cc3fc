"""Telling that a place of this node fills up, before it is full (保存場所の空き, P16)."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.audit.services import Subject, record
from app.audit.words import name_verbs
from app.core import clock
from app.core.disk import DiskSpace
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs.alarms import end_alarm, raise_alarm
from app.jobs.models import LONGEST_JOB, AlarmKind, JobAlarm
from app.jobs.queries import has_run_since, open_alarms, people_to_tell
from app.jobs.supervision import JOBS_PATH, node_name

LABEL = "保存場所の空き"
PLACE_LABELS = {"database": "データベース", "files": "ファイル"}
MB = 1 << 20
# A node that ran no job for so long was taken away; one that is there tells of itself anew.
SILENCE = timedelta(hours=24)
name_verbs({"job_alarm.close": "報告の途絶えた台の警報を閉じました"})

logger = logging.getLogger(__name__)


def tell_of_disks(spaces: Mapping[str, DiskSpace]) -> None:
    """Tell of each place with little left, and of each that has room again (空きの警報と解除).

    Each once, however many processes of a node look: within a minute they meet at the unique row.
    Writes nothing while nothing has changed.
    """
    known = {alarm.job: alarm for alarm in open_alarms() if alarm.kind is AlarmKind.DISK}
    places = {_key(place): place for place in spaces}
    low = [key for key, place in places.items() if spaces[place].is_low and key not in known]
    over = [known[key] for key, place in places.items() if spaces[place].is_roomy and key in known]
    gone = [alarm for alarm in known.values() if _is_of_a_removed_node(alarm)]
    if not low and not over and not gone:
        return
    try:
        with unit_of_work():
            for key in low:
                _raise(key, places[key], spaces[places[key]])
            for alarm in over:
                _end(alarm)
            for alarm in gone:
                _close(alarm)
    except IntegrityError:
        logger.info("another process told of the disks first")


def _raise(key: str, place: str, space: DiskSpace) -> None:
    raise_alarm(
        key,
        AlarmKind.DISK,
        clock.now().replace(second=0, microsecond=0),
        label=LABEL,
        words=f"{node_name()} の{PLACE_LABELS[place]}の保存場所の空きが、"
        f"残り{space.free // MB:,} MB（全体の{100 * space.free / space.total:.1f}%）です。",
        readers={JOBS_PATH: people_to_tell(key)},
    )


def _end(alarm: JobAlarm) -> None:
    end_alarm(alarm, label=LABEL, readers={JOBS_PATH: people_to_tell(alarm.job)})


def _is_of_a_removed_node(alarm: JobAlarm) -> bool:
    """Whether the node of an alarm was not heard of for SILENCE (取り外した台)."""
    since = clock.now() - SILENCE
    if alarm.raised_at >= since or alarm.job in map(_key, PLACE_LABELS):
        return False
    node = alarm.job.partition("@")[2]
    # A long name was cut off.
    return not has_run_since(node if len(alarm.job) == LONGEST_JOB else f"{node}:", since)


def _close(alarm: JobAlarm) -> None:
    """Close an alarm whose node is no more (警報の整理); nothing got better, so nobody is told."""
    closed = db.session.execute(
        update(JobAlarm)
        .where(JobAlarm.id == alarm.id, JobAlarm.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(JobAlarm.id)
    )
    if closed.first() is None:
        return
    record(
        "job_alarm.close",
        Subject(type="job_alarm", id=alarm.id),
        actor=None,
        changes={"job": alarm.job, "raised_at": alarm.raised_at.isoformat()},
    )


def _key(place: str) -> str:
    return f"{place}@{node_name()}"[:LONGEST_JOB]
