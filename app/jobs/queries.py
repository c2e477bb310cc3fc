"""Reading the ledger of the jobs (定期処理の台帳)."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.extensions import db
from app.jobs.models import JobRun


def latest_runs(limit: int = 100) -> Select[JobRun]:
    """Ticks of all jobs, newest first (実行の履歴)."""
    return (
        select(JobRun)
        .order_by(JobRun.scheduled_for.desc(), JobRun.started_at.desc(), JobRun.job)
        .limit(limit)
    )


def last_run(job: str) -> JobRun | None:
    """Return the newest tick of a job, None when it never ran."""
    return db.session.scalars(
        select(JobRun).where(JobRun.job == job).order_by(JobRun.scheduled_for.desc()).limit(1)
    ).one_or_none()


def last_scheduled(job: str, now: datetime) -> datetime | None:
    """Return the newest tick up to now that the schedule ran (前回の予定時刻), None without one."""
    return db.session.scalar(
        select(func.max(JobRun.scheduled_for)).where(
            JobRun.job == job, JobRun.scheduled_for <= now, JobRun.is_by_hand.is_(False)
        )
    )


def cut_short(job: str, now: datetime) -> list[datetime]:
    """Ticks of a job whose process was lost (中断した回), the oldest first."""
    return list(
        db.session.scalars(
            select(JobRun.scheduled_for)
            .where(JobRun.job == job, JobRun.finished_at.is_(None), JobRun.lease_until < now)
            .order_by(JobRun.scheduled_for)
        )
    )


def is_running(job: str, moment: datetime) -> bool:
    """Whether a tick was taken and has not ended (実行中)."""
    found = select(JobRun.job).where(
        JobRun.job == job, JobRun.scheduled_for == moment, JobRun.finished_at.is_(None)
    )
    return db.session.scalar(found) is not None


def last_finish(job: str) -> datetime | None:
    """Return when a job last ended without a fault, None when it never did."""
    return db.session.scalar(
        select(func.max(JobRun.finished_at)).where(JobRun.job == job, JobRun.error == "")
    )
