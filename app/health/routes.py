"""Liveness and readiness (稼働確認): for load balancers and operators, no details to strangers."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock
from app.core.access import public
from app.core.disk import disk_spaces, low_places
from app.core.node_clock import clock_offset, is_off, offset_in_words
from app.extensions import db
from app.files.queries import oldest_waiting
from app.files.scanner import is_scanning
from app.health.counters import counters
from app.health.draining import is_draining
from app.health.gauges import Standings
from app.health.migrations import are_migrations_pending
from app.health.monitors import may_read_metrics
from app.jobs.queries import last_finish
from app.jobs.standing import Standing, standings
from app.notifications.queries import MailStanding, mail_standing

blueprint = Blueprint("health", __name__)

# The shortest job runs every minute: five missed ticks mean that no scheduler is alive.
SCHEDULER_AGE = timedelta(minutes=5)
SCHEDULER_JOB = "round_gate"
# A file is scanned within two minutes; ten mean that the scanner does not answer.
SCAN_AGE = timedelta(minutes=10)

CHECKED = ("database", "migrations", "clock", "scheduler", "jobs", "virus_scan", "mail", "disk")
# Without these nothing can be served, or not rightly; the others are told.
NEEDED = ("database", "migrations", "clock")

# What could not be asked, because something before it failed.
NOT_ASKED = "unknown"

# No mail server is a choice of this place, no trouble.
UNTROUBLED = (MailStanding.NONE, MailStanding.OK)

Checks = dict[str, str]


@blueprint.get("/healthz")
@public
def healthz() -> dict[str, str]:
    """Whether the process answers (死活); touches nothing else."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def readyz() -> tuple[dict[str, object], int]:
    """Whether requests can be served (準備); scheduler, scanner and mail are told, not asked.

    `?jobs` adds each job with its state, by name alone, and what the trouble with the mail is.
    Neither a job that failed nor one that is late makes the web unready, nor does mail; a clock
    that is off does (P20).
    """
    checks: Checks = dict.fromkeys(CHECKED, NOT_ASKED)
    # Told, not asked: what is full can still be read.
    checks["disk"] = "low" if low_places(disk_spaces(current_app.config["SETTINGS"])) else "ok"
    jobs: list[Standing] = []
    mail = MailStanding.NONE
    try:
        db.session.execute(text("SELECT 1"))
        checks["database"] = "ok"
        checks["clock"] = _clock_state()
        checks["migrations"] = _migration_state()
        # Before its migrations the tables are others than these questions know.
        if checks["migrations"] == "ok":
            checks["scheduler"] = _scheduler_state()
            jobs = standings(clock.now())
            checks["jobs"] = "trouble" if any(row.troubles for row in jobs) else "ok"
            checks["virus_scan"] = _scan_state()
            mail = mail_standing()
            checks["mail"] = mail.value if mail in UNTROUBLED else "trouble"
    except SQLAlchemyError:
        checks["database"] = "failed"
    is_ready = all(checks[name] == "ok" for name in NEEDED) and not is_draining()
    status = "stopping" if is_draining() else "ok" if is_ready else "not ready"
    body: dict[str, object] = {"status": status, "checks": checks}
    if "jobs" in request.args:
        body["jobs"] = {row.job.name: row.state.value for row in jobs}
        body["mail"] = mail.value
    return body, 200 if is_ready else 503


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """What monitors count (監視のための計数); for others the page does not exist.

    Counts and times by endpoint, job and status: nothing of a case, a body or a person.
    """
    if not may_read_metrics(request):
        abort(404)
    standing = CollectorRegistry()
    standing.register(Standings())
    text_of_all = generate_latest(counters()) + generate_latest(standing)
    return Response(text_of_all, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _migration_state() -> str:
    return "pending" if are_migrations_pending() else "ok"


def _clock_state() -> str:
    offset = clock_offset()
    return offset_in_words(offset) if is_off(offset) else "ok"


def _scheduler_state() -> str:
    finished = last_finish(SCHEDULER_JOB)
    if finished is None:
        return "never ran"
    return "ok" if clock.now() - finished <= SCHEDULER_AGE else "late"


def _scan_state() -> str:
    if not is_scanning():
        return "none"
    since = oldest_waiting()
    return "ok" if since is None or clock.now() - since <= SCAN_AGE else "late"
