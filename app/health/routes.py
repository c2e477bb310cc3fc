"""Liveness and readiness (稼働確認): for load balancers and operators, no details to strangers."""

from datetime import timedelta

from flask import Blueprint, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock
from app.core.access import public
from app.core.node_clock import clock_offset, is_off, offset_in_words
from app.extensions import alembic, db
from app.files.queries import oldest_waiting
from app.files.scanner import is_scanning
from app.jobs.queries import last_finish
from app.jobs.standing import Standing, standings
from app.notifications.queries import MailStanding, mail_standing

blueprint = Blueprint("health", __name__)

# The shortest job runs every minute: five missed ticks mean that no scheduler is alive.
SCHEDULER_AGE = timedelta(minutes=5)
SCHEDULER_JOB = "round_gate"
# A file is scanned within two minutes; ten mean that the scanner does not answer.
SCAN_AGE = timedelta(minutes=10)

CHECKED = ("database", "migrations", "clock", "scheduler", "jobs", "virus_scan", "mail")
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
    is_ready = all(checks[name] == "ok" for name in NEEDED)
    body: dict[str, object] = {"status": "ok" if is_ready else "not ready", "checks": checks}
    if "jobs" in request.args:
        body["jobs"] = {row.job.name: row.state.value for row in jobs}
        body["mail"] = mail.value
    return body, 200 if is_ready else 503


def _migration_state() -> str:
    known = set(alembic.script_directory.get_heads())
    return "ok" if set(alembic.migration_context.get_current_heads()) == known else "pending"


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
