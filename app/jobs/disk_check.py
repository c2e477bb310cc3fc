"""Telling that a place of this node fills up, before it is full (保存場所の空き, P16)."""

import logging
from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.disk import DiskSpace
from app.core.unit_of_work import unit_of_work
from app.jobs.alarms import end_alarm, raise_alarm
from app.jobs.models import LONGEST_JOB, AlarmKind, JobAlarm
from app.jobs.queries import open_alarms, people_to_tell
from app.jobs.supervision import JOBS_PATH, node_name

LABEL = "保存場所の空き"
PLACE_LABELS = {"database": "データベース", "files": "ファイル"}
MB = 1 << 20

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
    if not low and not over:
        return
    try:
        with unit_of_work():
            for key in low:
                _raise(key, places[key], spaces[places[key]])
            for alarm in over:
                _end(alarm)
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


def _key(place: str) -> str:
    return f"{place}@{node_name()}"[:LONGEST_JOB]
