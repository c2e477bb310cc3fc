"""Reading the ledger of the jobs (定期処理の台帳)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select, union_all

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.core.errors import NotFound
from app.extensions import db
from app.jobs.models import ALL_JOBS, AlarmKind, JobAlarm, JobContact, JobRun


def latest_runs(limit: int = 100) -> Select[JobRun]:
    """Ticks of all jobs, newest first (実行の履歴)."""
    return (
        select(JobRun)
        .order_by(JobRun.scheduled_for.desc(), JobRun.started_at.desc(), JobRun.job)
        .limit(limit)
    )


def runs_of(job: str, before: datetime | None, limit: int) -> list[JobRun]:
    """Ticks of one job, newest first, those before an instant (実行の履歴のページ)."""
    found = select(JobRun).where(JobRun.job == job)
    if before is not None:
        found = found.where(JobRun.scheduled_for < before)
    return list(db.session.scalars(found.order_by(JobRun.scheduled_for.desc()).limit(limit)))


def recent_runs(jobs: Collection[str], limit: int) -> dict[str, list[JobRun]]:
    """Newest ticks of each job that the schedule ran, newest first (最近の実行); one question."""
    newest = [
        select(JobRun.job, JobRun.scheduled_for)
        .where(JobRun.job == job, JobRun.is_by_hand.is_(False))
        .order_by(JobRun.scheduled_for.desc())
        .limit(limit)
        .subquery()
        for job in jobs
    ]
    found: dict[str, list[JobRun]] = {job: [] for job in jobs}
    if not newest:
        return found
    keys = union_all(*(select(part) for part in newest)).subquery()
    same = and_(JobRun.job == keys.c.job, JobRun.scheduled_for == keys.c.scheduled_for)
    for run in db.session.scalars(
        select(JobRun).join(keys, same).order_by(JobRun.job, JobRun.scheduled_for.desc())
    ):
        found[run.job].append(run)
    return found


def failed_runs(jobs: Collection[str]) -> list[JobRun]:
    """Ticks of these jobs that failed and were never made good, the oldest first (失敗した回)."""
    return list(
        db.session.scalars(
            select(JobRun)
            .where(
                JobRun.job.in_(jobs),
                or_(JobRun.error != "", and_(JobRun.failures > 0, JobRun.finished_at.is_(None))),
                JobRun.is_by_hand.is_(False),
            )
            .order_by(JobRun.scheduled_for)
        )
    )


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


def due_again(job: str, now: datetime, *, newest_only: bool) -> list[datetime]:
    """Ticks of a job that failed and whose next try has come (再試行する回), the oldest first.

    `newest_only`: those for which a newer tick already stands are left alone.
    """
    found = select(JobRun.scheduled_for).where(JobRun.job == job, JobRun.retry_at <= now)
    if newest_only:
        found = found.where(JobRun.scheduled_for == last_scheduled(job, now))
    return list(db.session.scalars(found.order_by(JobRun.scheduled_for)))


def lost_runs(now: datetime) -> list[JobRun]:
    """Ticks of all jobs that were cut short, or whose next try has come (中断・再試行)."""
    is_lost = and_(JobRun.finished_at.is_(None), JobRun.lease_until < now)
    found = select(JobRun).where(or_(is_lost, JobRun.retry_at <= now))
    return list(db.session.scalars(found.order_by(JobRun.scheduled_for, JobRun.job)))


def find_run(job: str, moment: datetime) -> JobRun | None:
    """Return the tick of a job at a moment (定期処理の実行), None when it never ran."""
    return db.session.get(JobRun, (job, moment), populate_existing=True)


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


def has_run_since(owner: str, instant: datetime) -> bool:
    """Whether a process whose name begins so took a tick since then (台の最後の実行)."""
    found = select(JobRun.job).where(
        JobRun.started_at >= instant, JobRun.owner.startswith(owner, autoescape=True)
    )
    return db.session.scalar(found.limit(1)) is not None


def open_alarms() -> list[JobAlarm]:
    """Alarms that are not over (続いている警報), the oldest first."""
    return list(
        db.session.scalars(
            select(JobAlarm).where(JobAlarm.ended_at.is_(None)).order_by(JobAlarm.moment)
        )
    )


def find_alarm(job: str, kind: AlarmKind, moment: datetime) -> JobAlarm | None:
    """Return the alarm about a tick, also one that is over (警報)."""
    return db.session.scalars(
        select(JobAlarm).where(
            JobAlarm.job == job, JobAlarm.kind == kind, JobAlarm.moment == moment
        )
    ).one_or_none()


def list_contacts(job: str) -> list[JobContact]:
    """Who was named for a job or for all of them (知らせる相手), by the job and the person."""
    return list(
        db.session.scalars(
            select(JobContact)
            .where(JobContact.job.in_((job, ALL_JOBS)))
            .order_by(JobContact.job, JobContact.user_id)
        )
    )


def get_contact(contact_id: int, job: str) -> JobContact:
    """Return a contact of a job or of all of them. Raises NotFound."""
    found = db.session.get(JobContact, contact_id)
    if found is None or found.job not in (job, ALL_JOBS):
        raise NotFound
    return found


def people_to_tell(job: str) -> list[User]:
    """Who is told of a job now (知らせる相手): the active ones named, else every administrator."""
    admins = users_with_role(Role.ADMIN)
    named = select(JobContact.user_id).where(JobContact.job.in_((job, ALL_JOBS)))
    found = list(db.session.scalars(admins.where(User.id.in_(named))))
    return found or list(db.session.scalars(admins))
