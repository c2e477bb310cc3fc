"""Writing groups down as clusters (まとまりの保存): ids stay, corrections are kept."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from app.clusters.grouping import LINKS_KEPT, Member
from app.clusters.likeness import shared_functions
from app.clusters.matching import Corrections, Placing, match_groups
from app.clusters.models import Cluster, ClusterMember, CorrectionKind, JoinedBy
from app.clusters.queries import clusters_of_round, corrections_of, present_clusters_of
from app.clusters.reading import Reading
from app.core import clock
from app.extensions import db

LINKS_EACH = 2


def save_groups(
    round_id: int,
    ids: Sequence[int],
    readings: Sequence[Reading],
    groups: Sequence[Sequence[Member]],
) -> int:
    """Make the present clusters of a round those of the groups; return how many there are.

    `ids` are the proposals, in the order of the readings that the places of the members mean.
    """
    present = {cluster.id: cluster for cluster in clusters_of_round(round_id)}
    known = set(ids)
    before = {
        key: {member.proposal_id for member in cluster.members} & known
        for key, cluster in present.items()
    }
    found = [{ids[member.place]: member for member in group} for group in groups]
    placings = match_groups(
        before, [set(group) for group in found], _corrections(list(present), known)
    )
    reading_of = dict(zip(ids, readings, strict=True))
    packages = {key for group in found for key, member in group.items() if member.is_package}
    kept = set()
    for placing in placings:
        cluster = present.get(placing.cluster_id or 0) or _new_cluster(round_id)
        kept.add(cluster.id)
        write_members(cluster, _details(placing, found, reading_of, packages))
    for key, cluster in present.items():
        if key not in kept:
            end_cluster(cluster)
    db.session.flush()
    return len(placings)


def _corrections(cluster_ids: Sequence[int], known: set[int]) -> dict[int, Corrections]:
    """What officers decided, cluster by cluster; of two words on one case the later counts.

    What was decided for a cluster that was merged away holds for the one that took it in.
    """
    latest: dict[int, dict[int, CorrectionKind]] = defaultdict(dict)
    merged = set()
    present_of = present_clusters_of(cluster_ids)
    for row in corrections_of(list(present_of)):
        present_id = present_of[row.cluster_id]
        if row.proposal_id is None:
            merged.add(present_id)
        elif row.proposal_id in known:
            latest[present_id][row.proposal_id] = row.kind
    return {
        key: Corrections(
            removed=_of_kind(latest[key], CorrectionKind.REMOVE),
            added=_of_kind(latest[key], CorrectionKind.ADD),
            is_merged=key in merged,
        )
        for key in {*latest, *merged}
    }


def _of_kind(decided: Mapping[int, CorrectionKind], kind: CorrectionKind) -> frozenset[int]:
    return frozenset(case for case, word in decided.items() if word is kind)


def _new_cluster(round_id: int) -> Cluster:
    now = clock.now()
    cluster = Cluster(
        round_id=round_id, created_at=now, changed_at=now, ended_at=None, merged_into_id=None
    )
    db.session.add(cluster)
    db.session.flush()
    return cluster


def _details(
    placing: Placing,
    found: Sequence[Mapping[int, Member]],
    reading_of: Mapping[int, Reading],
    packages: set[int],
) -> dict[int, tuple[JoinedBy, list[dict[str, Any]]]]:
    by_engine = {case for group in found for case in group if len(placing.members & set(group)) > 1}
    return {
        case: (
            _joined_by(case, by_engine, packages),
            links_of(case, sorted(placing.members), reading_of),
        )
        for case in sorted(placing.members)
    }


def _joined_by(case: int, by_engine: set[int], packages: set[int]) -> JoinedBy:
    if case not in by_engine:
        return JoinedBy.OFFICER
    return JoinedBy.PACKAGE if case in packages else JoinedBy.FUNCTION


def links_of(
    case: int, members: Sequence[int], reading_of: Mapping[int, Reading]
) -> list[dict[str, Any]]:
    """What links a case to the other members (つながり), as it is kept.

    Every member is given with its nearest words, so that each reader finds some that he may see.
    """
    links = [
        {"other": other, "kind": shared.kind, "own": shared.own, "others": shared.others}
        for other in members
        if other != case
        for shared in shared_functions(reading_of[case], reading_of[other])[:LINKS_EACH]
    ]
    return links[: max(LINKS_KEPT, LINKS_EACH * len(members))]


def write_members(
    cluster: Cluster, details: Mapping[int, tuple[JoinedBy, list[dict[str, Any]]]]
) -> None:
    """Make the members of a cluster these (まとまりの案件); what stays the same is not touched."""
    present = {member.proposal_id: member for member in cluster.members}
    is_changed = set(present) != set(details)
    for case in set(present) - set(details):
        cluster.members.remove(present[case])
    for case, (joined_by, links) in details.items():
        member = present.get(case)
        if member is None:
            cluster.members.append(
                ClusterMember(proposal_id=case, joined_by=joined_by, links=links)
            )
        elif (member.joined_by, member.links) != (joined_by, links):
            member.joined_by, member.links = joined_by, links
    if is_changed:
        cluster.changed_at = clock.now()


def end_cluster(cluster: Cluster, *, merged_into: Cluster | None = None) -> None:
    """End a cluster (まとまりの終了): it has no members, and its id is never given again."""
    cluster.members.clear()
    cluster.ended_at = cluster.changed_at = clock.now()
    cluster.merged_into_id = merged_into.id if merged_into else None
