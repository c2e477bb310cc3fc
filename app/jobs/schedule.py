"""The jobs and when they run (定期処理の一覧). One row a job; times are JST."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from apscheduler.triggers.cron import CronTrigger

from app.core.clock import JST
from app.core.errors import NotFound
from app.jobs.round_gate import tell_round_changes


class Job(NamedTuple):
    """A job (定期処理): `run` takes its scheduled instant and returns how many effects it had.

    `cron` holds fields of a cron trigger. Days of the week are written as words: a number means
    another day to the scheduler than to cron.
    """

    name: str
    label: str
    cron: dict[str, str]
    run: Callable[[datetime], int]

    def trigger(self) -> CronTrigger:
        """Trigger of the scheduler, in Japanese time."""
        return CronTrigger(**self.cron, timezone=JST)


JOBS = (
    Job(
        name="round_gate",
        label="募集の開始・締切の知らせ",
        cron={"minute": "*", "second": "0"},
        run=tell_round_changes,
    ),
)


def get_job(name: str) -> Job:
    """Return the job with this name. Raises NotFound with the names that exist."""
    for job in JOBS:
        if job.name == name:
            return job
    names = "、".join(job.name for job in JOBS)
    raise NotFound(f"定期処理「{name}」はありません。次から選んでください：{names}")
