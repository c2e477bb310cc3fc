"""One scheduler process of the soak test: the real scheduler, with jobs of every second.

`python -m tests.soak.scheduler_process DATABASE_URL`. Every effect is a row that no key keeps from
being written twice, so that a tick that took effect twice is seen.
"""

import logging
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, insert

from app import create_app
from app.core import clock
from app.extensions import db
from app.jobs.schedule import Job
from app.jobs.scheduler import build_scheduler

SUBJECTS = 3
LEASE = timedelta(seconds=3)
# Long enough for a signal to hit the middle of a job now and then.
LONGEST_PAUSE = 0.05

EFFECTS = Table(
    "soak_effect",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("job", String(40)),
    Column("scheduled_for", DateTime(timezone=True)),
    Column("subject", Integer),
    Column("pid", Integer),
)


def _write(job: str, moment: datetime) -> int:
    for subject in range(SUBJECTS):
        db.session.execute(
            insert(EFFECTS).values(job=job, scheduled_for=moment, subject=subject, pid=os.getpid())
        )
        time.sleep(random.uniform(0, LONGEST_PAUSE))
    return SUBJECTS


def _run_each(moment: datetime) -> int:
    return _write("each", moment)


def _prepare_newest() -> Callable[[], int]:
    moment = clock.now()
    time.sleep(random.uniform(0, LONGEST_PAUSE))
    return lambda: _write("newest", moment)


JOBS = (
    Job(
        name="each",
        label="毎秒（回ごと）",
        cron={"second": "*"},
        run=_run_each,
        each_missed=True,
        lease=LEASE,
    ),
    Job(
        name="newest",
        label="2秒ごと（まとめて）",
        cron={"second": "*/2"},
        prepare=_prepare_newest,
        lease=LEASE,
    ),
)


def main() -> None:
    """Run until SIGTERM."""
    app = create_app({"APP_ENV": "test", "DATABASE_URL": sys.argv[1]})
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    scheduler = build_scheduler(app, JOBS)
    signal.signal(signal.SIGTERM, lambda *_: scheduler.shutdown(wait=False))
    scheduler.start()


if __name__ == "__main__":
    main()
