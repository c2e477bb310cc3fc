"""Asking for a run (まとめ直しの依頼) and how it goes on; the job does the work."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.clusters.engine import ENGINE, digest_of
from app.clusters.models import ClusterRun, RunStage
from app.clusters.policy import authorize_correct
from app.clusters.queries import (
    MOVING,
    cases_of_round,
    latest_done_run,
    latest_run,
    rounds_with_cases,
)
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Round


def ask_run(round_: Round, *, actor: User) -> ClusterRun:
    """Put a run over a round in line (まとめ直しの依頼); one that waits or goes on is returned.

    Raises NotAllowed.
    """
    authorize_correct(actor)
    # The round is locked, so that two who press at once get one run.
    db.session.scalars(select(Round.id).where(Round.id == round_.id).with_for_update()).one()
    going_on = latest_run(round_.id)
    if going_on is not None and going_on.stage in MOVING:
        return going_on
    run = _new_run(round_, actor)
    record("cluster_run.request", subject_of(run), actor=actor, changes={"round": round_.key})
    return run


def rounds_to_run() -> list[Round]:
    """Rounds whose texts have changed since their last run (夜間の対象). Reads only."""
    due = []
    for round_ in rounds_with_cases():
        done = latest_done_run(round_.id)
        if done is None or done.basis != basis_of(
            list(db.session.scalars(cases_of_round(round_.id)))
        ):
            due.append(round_)
    return due


def ask_nightly_runs(rounds: Sequence[Round]) -> int:
    """Put a run in line for each of the rounds (夜間), unless one waits or goes on already."""
    asked = 0
    for round_ in rounds:
        last = latest_run(round_.id)
        if last is not None and last.stage in MOVING:
            continue
        run = _new_run(round_, None)
        record("cluster_run.request", subject_of(run), actor=None, changes={"round": round_.key})
        asked += 1
    return asked


def _new_run(round_: Round, actor: User | None) -> ClusterRun:
    now = clock.now()
    run = ClusterRun(
        round_id=round_.id,
        requested_by_id=actor.id if actor else None,
        requested_at=now,
        touched_at=now,
        stage=RunStage.WAITING,
        started_at=None,
        finished_at=None,
        cases_total=0,
        cases_done=0,
        engine=ENGINE,
        basis="",
        failure="",
    )
    db.session.add(run)
    db.session.flush()
    return run


def locked_run(run_id: int) -> ClusterRun:
    """Return the run as it is now, locked until the end of the transaction."""
    return db.session.scalars(
        select(ClusterRun)
        .where(ClusterRun.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def basis_of(cases: Sequence[Proposal]) -> str:
    """Digest of all that a run reads (元の要約値): of every text, and of the engine."""
    lines = [f"{case.id}:{digest_of(case)}" for case in cases]
    return hashlib.sha256("\n".join([ENGINE, *lines]).encode()).hexdigest()


def subject_of(run: ClusterRun) -> Subject:
    """The run as the subject of an entry of the trail."""
    return Subject(type="cluster_run", id=run.id, version=run.version)
