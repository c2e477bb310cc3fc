"""Schedulers that are killed and stopped: each effect exactly once, none missing (P07, P08).

SOAK_TICKS (200), SOAK_SCHEDULERS (5) and SOAK_SEED say how long, how many, and which faults.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.jobs.ledger import RETRY_AFTER
from app.jobs.models import JobRun
from app.jobs.slots import latest_slot
from tests.soak.scheduler_process import EFFECTS, JOBS, SUBJECTS

TICKS = int(os.environ.get("SOAK_TICKS", "200"))
SCHEDULERS = int(os.environ.get("SOAK_SCHEDULERS", "5"))
SEED = int(os.environ.get("SOAK_SEED", "20240902"))
ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
# What was cut short is taken over after its lease, what failed waits for its next try.
SETTLE_SECONDS = 120 + RETRY_AFTER[-1].total_seconds()
STOP_SECONDS = 60
SECOND = timedelta(seconds=1)


@dataclass
class Fleet:
    """The scheduler processes, and what is done to them."""

    url: str
    log: Path
    chance: random.Random
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    stopped: dict[int, float] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)

    def start_one(self) -> None:
        with self.log.open("ab") as log:
            self.running.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.soak.scheduler_process", self.url],
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                )
            )

    def disturb(self) -> None:
        """Wake those whose time is over; then kill one and start another, or stop one."""
        for process in self.running:
            if self.stopped.get(process.pid, time.monotonic() + 1) <= time.monotonic():
                process.send_signal(signal.SIGCONT)
                del self.stopped[process.pid]
        victim = self.chance.choice(self.running)
        if self.chance.random() < 0.4:
            victim.kill()
            victim.wait()
            self.stopped.pop(victim.pid, None)
            self.running.remove(victim)
            self.start_one()
            self.faults["killed"] += 1
        elif victim.pid not in self.stopped:
            victim.send_signal(signal.SIGSTOP)
            self.stopped[victim.pid] = time.monotonic() + self.chance.uniform(1, 6)
            self.faults["stopped"] += 1

    def wake_all(self) -> None:
        for process in self.running:
            process.send_signal(signal.SIGCONT)
        self.stopped.clear()

    def stop_in_order(self) -> None:
        """Have each end what it is doing: a tick cut short now would be nobody's any more."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(STOP_SECONDS)

    def end(self) -> None:
        self.wake_all()
        for process in self.running:
            process.kill()
            process.wait()


def test_p07_p08_each_effect_exactly_once_and_none_missing(
    committed_app: Flask, tmp_path: Path
) -> None:
    with committed_app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
        EFFECTS.create(db.engine)
        db.engine.dispose()
    fleet = Fleet(url=url, log=tmp_path / "schedulers.log", chance=random.Random(SEED))
    try:
        for _ in range(SCHEDULERS):
            fleet.start_one()
        _wait_for_first_effect(committed_app)
        end = time.monotonic() + TICKS
        while time.monotonic() < end:
            time.sleep(fleet.chance.uniform(0.5, 2))
            fleet.disturb()
        last = clock.now().replace(microsecond=0)
        fleet.wake_all()
        _wait_until_settled(committed_app, last)
        fleet.stop_in_order()
    finally:
        fleet.end()

    with committed_app.app_context():
        effects, runs = _effects(last), _runs(last)

    for job in JOBS:
        seen = effects[job.name]
        assert {key: times for key, times in seen.items() if times != 1} == {}, job.name
        assert Counter(moment for moment, _ in seen) == dict.fromkeys(
            (run.scheduled_for for run in runs[job.name] if not run.is_failing), SUBJECTS
        )
        assert _missing(runs[job.name], SECOND if job.each_missed else 2 * SECOND) == []
    assert [run.error for run in runs["each"] if run.is_failing] == []
    assert len(runs["each"]) >= TICKS
    sys.stdout.write(_figures(fleet, effects, runs))


def _wait_for_first_effect(app: Flask) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        with app.app_context():
            if db.session.scalar(select(EFFECTS.c.id).limit(1)):
                return
        time.sleep(0.5)
    raise AssertionError("no scheduler did anything")


def _wait_until_settled(app: Flask, last: datetime) -> None:
    """Wait until every tick up to `last` has ended. Raises AssertionError that names the others."""
    limit, waiting = time.monotonic() + SETTLE_SECONDS, ["anything"]
    while waiting and time.monotonic() < limit:
        time.sleep(2)
        with app.app_context():
            waiting = _waiting(last)
    assert waiting == []


def _waiting(last: datetime) -> list[str]:
    """What is still to come: of each job, also of the one that lags behind on a busy machine."""
    found = []
    for job in JOBS:
        runs = _runs(last)[job.name]
        if runs[-1].scheduled_for < (latest_slot(job, last) or last):
            found.append(f"{job.name} after {runs[-1].scheduled_for}")
        # A newer tick stands for a failed one of a job that does not owe each of them.
        found += [
            f"{job.name} of {run.scheduled_for} {run.error}"
            for run in runs
            if run.finished_at is None or (run.has_failed and job.each_missed)
        ]
    return found


def _effects(last: datetime) -> dict[str, Counter[tuple[datetime, int]]]:
    found: dict[str, Counter[tuple[datetime, int]]] = {job.name: Counter() for job in JOBS}
    for row in db.session.execute(select(EFFECTS)):
        moment = row.scheduled_for if row.scheduled_for.tzinfo else _utc(row.scheduled_for)
        if moment <= last:
            found[row.job][(moment, row.subject)] += 1
    return found


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=clock.now().tzinfo)


def _runs(last: datetime) -> dict[str, list[JobRun]]:
    found: dict[str, list[JobRun]] = {job.name: [] for job in JOBS}
    rows = select(JobRun).where(JobRun.scheduled_for <= last).order_by(JobRun.scheduled_for)
    for run in db.session.scalars(rows):
        found[run.job].append(run)
    return found


def _missing(runs: list[JobRun], step: timedelta) -> list[datetime]:
    """Instants of the schedule that neither ran nor have one that stands for them."""
    covered: set[datetime] = set()
    for run in runs:
        moment = run.stands_from or run.scheduled_for
        while moment <= run.scheduled_for:
            covered.add(moment)
            moment += step
    moment, missing = runs[0].scheduled_for, []
    while moment <= runs[-1].scheduled_for:
        if moment not in covered:
            missing.append(moment)
        moment += step
    return missing


def _figures(
    fleet: Fleet,
    effects: dict[str, Counter[tuple[datetime, int]]],
    runs: dict[str, list[JobRun]],
) -> str:
    failed = sum(run.failures for rows in runs.values() for run in rows)
    taken_over = sum(run.attempt > 1 for rows in runs.values() for run in rows)
    grouped = sum(run.stands_from is not None for run in runs["newest"])
    return (
        f"\nschedulers={SCHEDULERS} seed={SEED} ticks_each={len(runs['each'])}"
        f" ticks_newest={len(runs['newest'])} effects={sum(map(len, effects.values()))}"
        f" doubled=0 missing=0 killed={fleet.faults['killed']} stopped={fleet.faults['stopped']}"
        f" failed_and_retried={failed} taken_over={taken_over} stands_for_others={grouped}\n"
    )
