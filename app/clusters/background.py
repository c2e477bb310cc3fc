"""Doing the runs (まとめ直しの実行): read, group, save. Each step is a transaction of its own.

What was read stays: a process that dies leaves the run to the next tick, which goes on with the
cases that are not read yet.
"""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy import select

from app.audit.services import record
from app.clusters.engine import (
    ENGINE,
    digest_of,
    fill_row,
    read_proposal,
    stored_vectors,
    vectors_of,
)
from app.clusters.grouping import group_systems
from app.clusters.models import RunStage, SystemReading
from app.clusters.queries import cases_of_round, readings_of_round, runs_to_do
from app.clusters.services.runs import basis_of, locked_run, subject_of
from app.clusters.services.saving import save_groups
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal

logger = logging.getLogger(__name__)

BATCH = 50  # cases read in one transaction; about a second
FAILED = (
    "処理の途中で問題が起きたため、まとまりは前のままです。もう一度「まとめ直す」を押してください。"
)


def run_clusters() -> Callable[[], int]:
    """Do the runs that wait, and those whose process was lost (定期処理); tell how many ended.

    Enters its own units of work and leaves nothing to be written down.
    """
    ended = 0
    for run_id in runs_to_do():
        if not _claim(run_id):
            continue
        try:
            _do(run_id)
        except Exception:
            logger.exception("cluster run %s failed", run_id)
            _fail(run_id)
        ended += 1
    return lambda: ended


def _claim(run_id: int) -> bool:
    """Take a run, unless another process took it meanwhile."""
    with unit_of_work():
        run = locked_run(run_id)
        if run_id not in runs_to_do():
            return False
        now = clock.now()
        run.stage = RunStage.RUNNING
        run.started_at = run.started_at or now
        run.touched_at = now
        run.engine = ENGINE
        return True


def _do(run_id: int) -> None:
    with unit_of_work():
        run = locked_run(run_id)
        round_id = run.round_id
        ids = list(db.session.scalars(cases_of_round(round_id).with_only_columns(Proposal.id)))
        run.cases_total, run.cases_done = len(ids), 0
    for part in batched_ids(ids):
        with unit_of_work():
            _read(part)
            run = locked_run(run_id)
            run.cases_done += len(part)
            run.touched_at = clock.now()
    _group(run_id, round_id)


def batched_ids(ids: Sequence[int]) -> list[list[int]]:
    """Cut the ids into batches (一度に読む案件)."""
    return [list(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH)]


def _read(ids: Sequence[int]) -> None:
    """Read the cases whose text was not read yet, or has changed."""
    known = {
        row.proposal_id: row
        for row in db.session.scalars(
            select(SystemReading).where(SystemReading.proposal_id.in_(ids))
        )
    }
    cases = [
        case
        for case in db.session.scalars(select(Proposal).where(Proposal.id.in_(ids)))
        if case.id not in known or known[case.id].digest != digest_of(case)
    ]
    readings = [read_proposal(case) for case in cases]
    for case, reading, vector in zip(cases, readings, vectors_of(readings), strict=True):
        row = known.get(case.id)
        if row is None:
            row = SystemReading(proposal_id=case.id)
            db.session.add(row)
        fill_row(row, case, reading, vector)


def _group(run_id: int, round_id: int) -> None:
    """Group what was read, outside of any writing transaction, and save it in one."""
    rows = readings_of_round(round_id, with_vectors=True)
    cases = [case for case in db.session.scalars(cases_of_round(round_id)) if case.id in rows]
    readings = [read_proposal(case) for case in cases]
    groups = group_systems(readings, stored_vectors([rows[case.id] for case in cases]))
    ids, basis = [case.id for case in cases], basis_of(cases)
    with unit_of_work():
        run = locked_run(run_id)
        if run.stage is not RunStage.RUNNING:
            return
        found = save_groups(round_id, ids, readings, groups)
        run.stage = RunStage.DONE
        run.finished_at = run.touched_at = clock.now()
        run.basis = basis
        run.failure = ""
        record(
            "cluster_run.finish",
            subject_of(run),
            actor=None,
            changes={"cases": len(ids), "clusters": found},
        )


def _fail(run_id: int) -> None:
    with unit_of_work():
        run = locked_run(run_id)
        run.stage = RunStage.FAILED
        run.finished_at = run.touched_at = clock.now()
        run.failure = FAILED
        record("cluster_run.fail", subject_of(run), actor=None)
