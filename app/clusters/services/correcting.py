"""Correcting clusters by hand (まとまりの訂正): the next run keeps what was decided."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.clusters.engine import read_proposal
from app.clusters.models import (
    Cluster,
    ClusterCorrection,
    ClusterMember,
    CorrectionKind,
    JoinedBy,
)
from app.clusters.policy import authorize_correct
from app.clusters.queries import cases_of_round, visible_members
from app.clusters.services.saving import end_cluster, links_of, write_members
from app.core import clock
from app.core.errors import InvalidInput, NotFound, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import get_visible

NO_REASON = "訂正の理由を入力してください"
NOT_A_MEMBER = "外す案件を、このまとまりの案件から選んでください"
ALREADY_MEMBER = "この案件は、既にこのまとまりにあります"
NOT_IN_ROUND = "加えられるのは、同じ募集回の受け付けた提案だけです（下書きと取下げを除きます）"
NO_CASE = "この受付番号の提案は見つかりません。受付番号を確かめてください"
NO_OTHER = "まとめる相手を、同じ募集回のまとまりから選んでください"


@dataclass(frozen=True, kw_only=True)
class RemoveCase:
    """Taking a case out of a cluster (このまとまりから外す)."""

    version: int
    proposal_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class AddCase:
    """Putting a case into a cluster (加える), by its receipt number."""

    version: int
    receipt_number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MergeClusters:
    """Making two clusters one (2つをまとめる): the other one ends."""

    version: int
    other_id: int
    reason: str


def remove_case(cluster: Cluster, command: RemoveCase, *, actor: User) -> None:
    """Take a case out (外す). Raises NotAllowed, StaleVersion, InvalidInput."""
    _begin(cluster, command.version, command.reason, actor)
    visible = {member.proposal_id for member in visible_members(actor, [cluster.id])}
    if command.proposal_id not in visible:
        raise InvalidInput({"proposal_id": [NOT_A_MEMBER]})
    members = [row for row in cluster.members if row.proposal_id != command.proposal_id]
    _write(cluster, [member.proposal_id for member in members], members)
    _keep(cluster, CorrectionKind.REMOVE, command.reason, actor, proposal_id=command.proposal_id)


def add_case(cluster: Cluster, command: AddCase, *, actor: User) -> None:
    """Put a case in (加える). Raises NotAllowed, StaleVersion, InvalidInput."""
    _begin(cluster, command.version, command.reason, actor)
    proposal = _case_to_add(cluster, command.receipt_number, actor)
    members = list(cluster.members)
    _write(cluster, [*(row.proposal_id for row in members), proposal.id], members)
    _keep(cluster, CorrectionKind.ADD, command.reason, actor, proposal_id=proposal.id)


def merge_clusters(cluster: Cluster, command: MergeClusters, *, actor: User) -> None:
    """Make two clusters one (まとめる): the members move here, the other address leads here.

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_correct(actor)
    # In one order, so that two who merge the same clusters never wait for each other.
    for cluster_id in sorted({cluster.id, command.other_id}):
        _locked(cluster_id)
    _begin(cluster, command.version, command.reason, actor)
    other = _locked(command.other_id)
    is_known = other is not None and bool(visible_members(actor, [other.id]))
    if other is None or not is_known or other.id == cluster.id or other.ended_at is not None:
        raise InvalidInput({"other_id": [NO_OTHER]})
    if other.round_id != cluster.round_id:
        raise InvalidInput({"other_id": [NO_OTHER]})
    members = [*cluster.members, *other.members]
    _write(cluster, [member.proposal_id for member in members], members)
    end_cluster(other, merged_into=cluster)
    _keep(cluster, CorrectionKind.MERGE, command.reason, actor, other_cluster_id=other.id)


def _begin(cluster: Cluster, version: int, reason: str, actor: User) -> None:
    authorize_correct(actor)
    _locked(cluster.id)
    if cluster.version != version or cluster.ended_at is not None:
        raise StaleVersion(STALE_MESSAGE)
    if is_blank(reason):
        raise InvalidInput({"reason": [NO_REASON]})


def _locked(cluster_id: int) -> Cluster | None:
    return db.session.scalars(
        select(Cluster)
        .where(Cluster.id == cluster_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _case_to_add(cluster: Cluster, receipt_number: str, actor: User) -> Proposal:
    try:
        proposal = get_visible(actor, receipt_number)
    except NotFound:
        raise InvalidInput({"receipt_number": [NO_CASE]}) from None
    of_round = cases_of_round(cluster.round_id).where(Proposal.id == proposal.id)
    if db.session.scalars(of_round).one_or_none() is None:
        raise InvalidInput({"receipt_number": [NOT_IN_ROUND]})
    if any(member.proposal_id == proposal.id for member in cluster.members):
        raise InvalidInput({"receipt_number": [ALREADY_MEMBER]})
    return proposal


def _write(cluster: Cluster, cases: list[int], members: list[ClusterMember]) -> None:
    """Write the members with what links them now; fewer than two end the cluster."""
    if len(set(cases)) < 2:
        end_cluster(cluster)
        return
    joined = {member.proposal_id: member.joined_by for member in members}
    texts = db.session.scalars(select(Proposal).where(Proposal.id.in_(cases)))
    readings = {proposal.id: read_proposal(proposal) for proposal in texts}
    ordered = sorted(set(cases))
    details = {
        case: (joined.get(case, JoinedBy.OFFICER), links_of(case, ordered, readings))
        for case in ordered
    }
    write_members(cluster, details)


def _keep(
    cluster: Cluster,
    kind: CorrectionKind,
    reason: str,
    actor: User,
    *,
    proposal_id: int | None = None,
    other_cluster_id: int | None = None,
) -> None:
    """Keep the correction for the next run, and leave a trace."""
    now = clock.now()
    db.session.add(
        ClusterCorrection(
            cluster_id=cluster.id,
            kind=kind,
            proposal_id=proposal_id,
            other_cluster_id=other_cluster_id,
            reason=reason,
            corrected_by_id=actor.id,
            corrected_at=now,
        )
    )
    cluster.changed_at = now
    db.session.flush()
    changes = {"proposal_id": proposal_id, "other_cluster_id": other_cluster_id}
    record(
        f"cluster.{kind.value}",
        Subject(type="cluster", id=cluster.id, version=cluster.version),
        actor=actor,
        reason=reason,
        changes={name: value for name, value in changes.items() if value is not None},
    )
