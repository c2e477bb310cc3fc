"""Page of the jobs (定期処理の画面)."""

from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, render_template

from app.accounts.models import Role
from app.core import clock
from app.core.access import roles
from app.extensions import db
from app.jobs.models import JobRun
from app.jobs.queries import last_run, latest_runs
from app.jobs.schedule import JOBS, Job

blueprint = Blueprint("jobs", __name__)

SHOWN = 50


class JobLine(NamedTuple):
    """A job with its last and its next tick."""

    job: Job
    last: JobRun | None
    next_at: datetime | None


@blueprint.get("/jobs")
@roles(Role.ADMIN)
def index() -> str:
    """Jobs, their next time and their last ticks (定期処理)."""
    now = clock.now()
    lines = [
        JobLine(job, last_run(job.name), job.trigger().get_next_fire_time(None, now))
        for job in JOBS
    ]
    runs = list(db.session.scalars(latest_runs(SHOWN)))
    return render_template("jobs/index.html", lines=lines, runs=runs, shown=SHOWN, now=now)
