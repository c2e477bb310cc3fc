"""Job `erase_idle_runs` (台帳の整理)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.jobs.erase_idle_runs import KEPT_DAYS, erase_idle_runs
from app.jobs.models import JobRun
from app.jobs.queries import last_scheduled


def make_run(
    job: str,
    moment: datetime,
    *,
    finished_at: datetime | None,
    effects: int = 0,
    error: str = "",
    is_by_hand: bool = False,
) -> JobRun:
    return JobRun(
        job=job,
        scheduled_for=moment,
        owner="test",
        lease_until=moment,
        started_at=moment,
        finished_at=finished_at,
        effects=effects,
        error=error,
        is_by_hand=is_by_hand,
    )


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
        run = make_run(job, scheduled_for, finished_at=finished_at, effects=effects, error=error)
        db_session.add(run)
    db_session.flush()

    runs = [erase_idle_runs(now) for _ in range(2)]

    assert runs == [1, 0]
    left = select(JobRun.job).where(JobRun.scheduled_for < now).order_by(JobRun.job)
    assert db_session.scalars(left).all() == ["alone", "busy", "cut_short", "failed", "young"]


def test_tick_by_hand_does_not_stand_for_the_last_one_of_the_schedule(db_session: Session) -> None:
    now = clock.now()
    last = now - timedelta(days=KEPT_DAYS + 3)
    db_session.add(make_run("report", last, finished_at=last))
    db_session.add(make_run("report", now, finished_at=now, is_by_hand=True))
    db_session.flush()

    erased = erase_idle_runs(now)

    # What was missed is still counted from there.
    assert (erased, last_scheduled("report", now)) == (0, last)
