"""What stands in the database, for monitors (現在値): counts and ages, no person, no case."""

from collections.abc import Iterator
from datetime import datetime

from flask import current_app
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.audit.models import AuditHead
from app.core import clock
from app.core.disk import disk_spaces
from app.core.node_clock import clock_offset
from app.extensions import db
from app.files.queries import oldest_waiting, waiting_count
from app.health.migrations import are_migrations_pending
from app.jobs.queries import open_alarms
from app.jobs.standing import JobState, Standing, standings
from app.notifications.queries import MailStanding, count_by_status, mail_standing


class Standings(Collector):
    """Gauges that are read when a monitor asks (現在値); those of the disk without a database."""

    def collect(self) -> Iterator[Metric]:
        """Read the gauges; a database that does not answer is told as `kyotsu_database_up 0`."""
        yield from _disks()
        # All of them or none: a monitor sees a gap rather than half a truth.
        try:
            found = [*_database()]
        except SQLAlchemyError:
            db.session.rollback()
            found = [_gauge("kyotsu_database_up", "Whether the database answers.", 0)]
        yield from found


def _disks() -> Iterator[Metric]:
    free = GaugeMetricFamily("kyotsu_disk_free_bytes", "Free bytes by place.", labels=["place"])
    share = GaugeMetricFamily("kyotsu_disk_free_ratio", "Free share by place.", labels=["place"])
    for place, space in disk_spaces(current_app.config["SETTINGS"]).items():
        free.add_metric([place], space.free)
        share.add_metric([place], space.free / space.total if space.total else 0)
    yield free
    yield share


def _database() -> Iterator[Metric]:
    db.session.rollback()
    pending = are_migrations_pending()
    yield _gauge("kyotsu_database_up", "Whether the database answers.", 1)
    yield _gauge("kyotsu_migrations_pending", "Whether migrations are to be run.", int(pending))
    yield _gauge(
        "kyotsu_clock_offset_seconds",
        "Clock of this node ahead of the database.",
        clock_offset().total_seconds(),
    )
    if pending:
        return
    now = clock.now()
    yield from _jobs(standings(now))
    yield from _mail()
    yield from _files(now)
    yield _gauge(
        "kyotsu_audit_entries",
        "Number of the last entry of the audit trail.",
        db.session.scalar(select(AuditHead.last_seq)) or 0,
    )


def _jobs(rows: list[Standing]) -> Iterator[Metric]:
    state = GaugeMetricFamily("kyotsu_job_state", "1 for the state of a job.", labels=["job", "is"])
    ended = GaugeMetricFamily(
        "kyotsu_job_last_success_timestamp_seconds",
        "When a job last ended without a fault.",
        labels=["job"],
    )
    troubles = GaugeMetricFamily("kyotsu_job_troubles", "What is wrong with a job.", labels=["job"])
    for row in rows:
        name = row.job.name
        for each in JobState:
            state.add_metric([name, each.value], int(row.state is each))
        troubles.add_metric([name], len(row.troubles))
        finished = [run.finished_at for run in row.runs if run.finished_at and not run.error]
        if finished:
            ended.add_metric([name], max(finished).timestamp())
    yield state
    yield ended
    yield troubles
    yield _gauge("kyotsu_alarms_open", "Alarms that are not over.", len(open_alarms()))


def _mail() -> Iterator[Metric]:
    messages = GaugeMetricFamily(
        "kyotsu_outbox_messages", "Messages by status of delivery.", labels=["status"]
    )
    for status, count in count_by_status().items():
        messages.add_metric([status.value], count)
    yield messages
    is_wrong = mail_standing() not in (MailStanding.NONE, MailStanding.OK)
    yield _gauge("kyotsu_mail_trouble", "Whether mail does not get away.", int(is_wrong))


def _files(now: datetime) -> Iterator[Metric]:
    since = oldest_waiting()
    yield _gauge("kyotsu_files_waiting", "Files no scanner has judged yet.", waiting_count())
    yield _gauge(
        "kyotsu_files_waiting_seconds",
        "How long the oldest of them waits.",
        (now - since).total_seconds() if since else 0,
    )


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
