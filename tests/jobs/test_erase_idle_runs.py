"""Job `erase_idle_runs` (台帳の整理)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.jobs.erase_idle_runs import KEPT_DAYS, erase_idle_runs
from app.jobs.models import JobRun


def test_job_erases_old_ticks_without_effect_but_the_last_of_a_job(db_session: Session) -> None:
    now = clock.now()
    old, young = now - timedelta(days=KEPT_DAYS, seconds=1), now - timedelta(days=KEPT_DAYS)
    ticks = {
        "idle": (old, now, 0, ""),
        "young": (young, now, 0, ""),
        "busy": (old, now, 2, ""),
        "failed": (old, now, 0, "fault"),
        "cut_short": (old, None, 0, ""),
    }
    newer = dict.fromkeys(ticks, (now, now, 0, ""))
    alone = {"alone": (old, now, 0, "")}
    for job, (scheduled_for, finished_at, effects, error) in (
        *ticks.items(),
        *newer.items(),
        *alone.items(),
    ):
        db_session.add(
            JobRun(
                job=job,
                scheduled_for=scheduled_for,
                owner="test",
                lease_until=scheduled_for,
                started_at=scheduled_for,
                finished_at=finished_at,
                effects=effects,
                error=error,
            )
        )
    db_session.flush()

    runs = [erase_idle_runs(now) for _ in range(2)]

    assert runs == [1, 0]
    left = select(JobRun.job).where(JobRun.scheduled_for < now).order_by(JobRun.job)
    assert db_session.scalars(left).all() == ["alone", "busy", "cut_short", "failed", "young"]
