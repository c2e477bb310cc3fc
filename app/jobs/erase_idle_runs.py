"""Job `erase_idle_runs`: forgets old ticks in which there was nothing to do (台帳の整理)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.jobs.models import JobRun

# A job that looks every few seconds writes some 17,000 lines a day.
KEPT_DAYS = 7


def erase_idle_runs(moment: datetime) -> int:
    """Erase ticks older than KEPT_DAYS that ended without effect or fault; return how many.

    What took effect, failed or was cut short stays for good, and so does the last tick of each
    job by its schedule: what was missed is counted from there.
    """
    other = aliased(JobRun)
    newest = (
        select(func.max(other.scheduled_for))
        # A tick by hand says nothing of which ones were missed.
        .where(other.job == JobRun.job, other.is_by_hand.is_(False))
        .scalar_subquery()
    )
    erased = db.session.execute(
        delete(JobRun)
        .where(
            JobRun.scheduled_for < moment - timedelta(days=KEPT_DAYS),
            JobRun.scheduled_for < newest,
            JobRun.finished_at.is_not(None),
            JobRun.effects == 0,
            JobRun.error == "",
        )
        .returning(JobRun.job)
    )
    return len(erased.all())
