"""How each job stands (定期処理の状況), read from the ledger: nothing here is stored.

So it is right also while no scheduler runs at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from app.core.eras import format_datetime
from app.jobs.models import AlarmKind, JobRun
from app.jobs.queries import failed_runs, lost_runs, recent_runs
from app.jobs.schedule import JOBS, Job

# Ticks from which the typical duration is taken.
LOOKED_AT = 20


class JobState(StrEnum):
    """How a job stands (定期処理の状況)."""

    OK = "ok"
    RUNNING = "running"
    LATE = "late"
    CUT_SHORT = "cut_short"
    FAILED = "failed"
    NEVER_RAN = "never_ran"


TROUBLE_STATES = {
    AlarmKind.FAILED: JobState.FAILED,
    AlarmKind.CUT_SHORT: JobState.CUT_SHORT,
    AlarmKind.LATE: JobState.LATE,
}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something wrong with a job now (異常): the tick it is about, and what happened."""

    job: Job
    kind: AlarmKind
    moment: datetime
    words: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A job with its last ticks, its next one, and what is wrong with it (定期処理の状況)."""

    job: Job
    runs: Sequence[JobRun]
    next_at: datetime | None
    troubles: Sequence[Trouble]

    @property
    def last(self) -> JobRun | None:
        """Newest tick of the schedule (前回)."""
        return self.runs[0] if self.runs else None

    @property
    def state(self) -> JobState:
        """The worst that can be said of it now."""
        if self.troubles:
            return TROUBLE_STATES[self.troubles[0].kind]
        if self.last is None:
            return JobState.NEVER_RAN
        return JobState.RUNNING if self.last.finished_at is None else JobState.OK

    @property
    def last_duration(self) -> timedelta | None:
        """How long the newest ended tick took (前回の所要時間), None without one."""
        return next((_duration(run) for run in self.runs if run.finished_at), None)

    @property
    def typical_duration(self) -> timedelta | None:
        """Median of the last ticks that ended without a fault (ふだんの所要時間)."""
        took = [_duration(run) for run in self.runs if run.finished_at and not run.error]
        return timedelta(seconds=median(each.total_seconds() for each in took)) if took else None


def standings(now: datetime, jobs: Sequence[Job] = JOBS) -> list[Standing]:
    """How each job stands now (定期処理の状況の一覧); three questions, however many jobs."""
    recent = recent_runs([job.name for job in jobs], LOOKED_AT)
    failed = failed_runs([job.name for job in jobs if job.each_missed])
    lost = [run for run in lost_runs(now) if run.is_cut_short(now)]
    return [
        Standing(
            job=job,
            runs=recent[job.name],
            next_at=job.following(now),
            troubles=[
                *_failures(job, recent[job.name], [run for run in failed if run.job == job.name]),
                *(_cut_short(job, run) for run in lost if run.job == job.name),
                *_late(job, recent[job.name], now),
            ],
        )
        for job in jobs
    ]


def troubles(now: datetime, jobs: Sequence[Job] = JOBS) -> list[Trouble]:
    """All that is wrong now, job by job (異常の一覧)."""
    return [trouble for row in standings(now, jobs) for trouble in row.troubles]


def _failures(job: Job, recent: Sequence[JobRun], failed: Sequence[JobRun]) -> list[Trouble]:
    """Ticks that failed: each of a job that owes each of them, else the newest that ended."""
    if not job.each_missed:
        newest = next((run for run in recent if run.finished_at or run.is_failing), None)
        failed = [newest] if newest and newest.is_failing else []
    return [
        Trouble(job=job, kind=AlarmKind.FAILED, moment=run.scheduled_for, words=_what_failed(run))
        for run in failed
    ]


def _what_failed(run: JobRun) -> str:
    if run.finished_at is None:
        return f"{run.failures}回失敗し、もう一度試しています。"
    following = f"{format_datetime(run.retry_at)}以降にもう一度試します" if run.retry_at else ""
    # The kind of the fault alone: its words may quote a row, and these go out by mail.
    kind = run.error.split(":")[0]
    times = f"{run.failures}回" if run.failures > 1 else ""
    return f"{times}失敗しました（{kind}）。{following or '自動では再試行しません'}。"


def _cut_short(job: Job, run: JobRun) -> Trouble:
    limit = format_datetime(run.lease_until)
    words = f"{run.owner} が引き受けたまま、{limit}までに終わりませんでした。"
    return Trouble(job=job, kind=AlarmKind.CUT_SHORT, moment=run.scheduled_for, words=words)


def _late(job: Job, recent: Sequence[JobRun], now: datetime) -> list[Trouble]:
    """The tick that should have come after the last one, when its grace has passed (遅れ)."""
    expected = job.following(recent[0].scheduled_for) if recent else None
    if expected is None or now <= expected + job.grace:
        return []
    words = f"{format_datetime(expected)}の予定でしたが、まだ始まっていません。"
    return [Trouble(job=job, kind=AlarmKind.LATE, moment=expected, words=words)]


def _duration(run: JobRun) -> timedelta:
    return (run.finished_at or run.started_at) - run.started_at
