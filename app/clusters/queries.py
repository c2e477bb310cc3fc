"""Finding clusters, runs and readings (まとまりの検索): of members only those one may see."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import undefer

from app.accounts.models import User
from app.clusters.models import (
    Cluster,
    ClusterCorrection,
    ClusterMember,
    ClusterRun,
    RunStage,
    SystemReading,
)
from app.core import clock
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.workflow.states import State

CLUSTER_NOT_FOUND = "このまとまりは見つかりません。一覧から開いてください。"
RUN_NOT_FOUND = "このまとめ直しは見つかりません。一覧から開いてください。"
MOVING = (RunStage.WAITING, RunStage.RUNNING)
# A run that gave no sign of life for so long lost its process, and is begun anew.
LOST_AFTER = timedelta(minutes=5)


def cases_of_round(round_id: int) -> Select[Proposal]:
    """Cases that are clustered (まとめる案件): submitted ones of a round, not withdrawn.

    One that went into another case (統合) speaks through that one.
    """
    return (
        select(Proposal).where(Proposal.round_id == round_id, _is_clustered()).order_by(Proposal.id)
    )


def _is_clustered() -> ColumnElement[bool]:
    return and_(
        Proposal.state.not_in([State.DRAFT, State.WITHDRAWN]), Proposal.merged_into_id.is_(None)
    )


def rounds_with_cases() -> list[Round]:
    """Rounds in which there is anything to cluster, practice ones too."""
    cases = select(Proposal.round_id).where(_is_clustered())
    return list(db.session.scalars(select(Round).where(Round.id.in_(cases)).order_by(Round.id)))


def latest_run(round_id: int) -> ClusterRun | None:
    """Latest run over a round (最近のまとめ直し)."""
    return db.session.scalars(
        select(ClusterRun)
        .where(ClusterRun.round_id == round_id)
        .order_by(ClusterRun.id.desc())
        .limit(1)
    ).one_or_none()


def latest_done_run(round_id: int) -> ClusterRun | None:
    """Latest run over a round that came to its end."""
    return db.session.scalars(
        select(ClusterRun)
        .where(ClusterRun.round_id == round_id, ClusterRun.stage == RunStage.DONE)
        .order_by(ClusterRun.id.desc())
        .limit(1)
    ).one_or_none()


def get_run(run_id: int) -> ClusterRun:
    """Return the run with this id. Raises NotFound."""
    found = db.session.get(ClusterRun, run_id)
    if found is None:
        raise NotFound(RUN_NOT_FOUND)
    return found


def runs_to_do(moment: datetime | None = None) -> list[int]:
    """Ids of the runs that wait, oldest first, and of those whose process was lost."""
    before = (moment or clock.now()) - LOST_AFTER
    is_lost = (ClusterRun.stage == RunStage.RUNNING) & (ClusterRun.touched_at < before)
    return list(
        db.session.scalars(
            select(ClusterRun.id)
            .where(or_(ClusterRun.stage == RunStage.WAITING, is_lost))
            .order_by(ClusterRun.id)
        )
    )


def readings_of_round(round_id: int, *, with_vectors: bool = False) -> dict[int, SystemReading]:
    """Readings of the cases of a round by proposal (システムの読取り)."""
    statement = (
        select(SystemReading)
        .join(Proposal, Proposal.id == SystemReading.proposal_id)
        .where(Proposal.round_id == round_id)
    )
    if with_vectors:
        statement = statement.options(undefer(SystemReading.vectors))
    return {row.proposal_id: row for row in db.session.scalars(statement)}


def clusters_of_round(round_id: int) -> list[Cluster]:
    """Present clusters of a round, the oldest first (今のまとまり)."""
    return list(
        db.session.scalars(
            select(Cluster)
            .where(Cluster.round_id == round_id, Cluster.ended_at.is_(None))
            .order_by(Cluster.id)
        )
    )


def find_cluster(cluster_id: int) -> Cluster | None:
    """Cluster with this id, ended or not; whether one may know of it is asked of its members."""
    return db.session.get(Cluster, cluster_id)


def visible_members(actor: User, cluster_ids: Sequence[int]) -> list[ClusterMember]:
    """Members whose case the actor may see, by number (見られる案件)."""
    return list(
        db.session.scalars(
            select(ClusterMember)
            .join(Proposal, Proposal.id == ClusterMember.proposal_id)
            .where(ClusterMember.cluster_id.in_(cluster_ids), visible_to(actor), _is_clustered())
            .order_by(Proposal.receipt_sequence, Proposal.id)
        )
    )


def readings_of(proposal_ids: Sequence[int]) -> dict[int, SystemReading]:
    """Readings of some cases by proposal."""
    rows = db.session.scalars(
        select(SystemReading).where(SystemReading.proposal_id.in_(proposal_ids))
    )
    return {row.proposal_id: row for row in rows}


def corrections_of(cluster_ids: Sequence[int]) -> list[ClusterCorrection]:
    """Corrections of some clusters, oldest first (訂正の履歴)."""
    return list(
        db.session.scalars(
            select(ClusterCorrection)
            .where(ClusterCorrection.cluster_id.in_(cluster_ids))
            .order_by(ClusterCorrection.id)
        )
    )


def present_clusters_of(cluster_ids: Sequence[int]) -> dict[int, int]:
    """Present cluster of each of these and of those merged into them, by id (まとめた先)."""
    found = {cluster_id: cluster_id for cluster_id in cluster_ids}
    last = list(found)
    while last:
        merged = db.session.scalars(select(Cluster).where(Cluster.merged_into_id.in_(last)))
        fresh = {
            row.id: found[row.merged_into_id]
            for row in merged
            if row.merged_into_id is not None and row.id not in found
        }
        found |= fresh
        last = list(fresh)
    return found


def visible_references(actor: User, proposal_ids: Sequence[int]) -> dict[int, str]:
    """Numbers of those of the cases that the actor may see (見られる案件の受付番号)."""
    cases = db.session.scalars(
        select(Proposal).where(Proposal.id.in_(proposal_ids), visible_to(actor))
    )
    return {case.id: case.reference for case in cases}


def visible_cases_of_round(actor: User, round_id: int) -> Select[Proposal]:
    """Cases of a round that are clustered and that the actor may see."""
    return cases_of_round(round_id).where(visible_to(actor))
