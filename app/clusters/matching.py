"""Which cluster of before a new group is (まとまりの同一性), and what corrections make of it.

Pure: sets of cases in, sets of cases out.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field


@dataclass
class Placing:
    """A group on its way to be saved (まとまりの案): the cluster it continues, who is in it."""

    cluster_id: int | None
    members: set[int] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """What officers decided for one cluster (訂正): the latest word on each case, and merging."""

    removed: frozenset[int] = frozenset()
    added: frozenset[int] = frozenset()
    is_merged: bool = False


def match_groups(
    before: Mapping[int, Set[int]], groups: Sequence[Set[int]], corrected: Mapping[int, Corrections]
) -> list[Placing]:
    """Give each group the cluster that it continues, and apply the corrections.

    A cluster goes on in the group that holds most of its members; of several that could, the one
    with most in common takes it, the older cluster first. A merged cluster takes in every group
    that mostly consists of its members. Groups of fewer than two cases are dropped in the end.
    """
    placings: list[Placing] = []
    free = dict(enumerate(groups))
    for cluster_id in sorted(c for c in before if corrected.get(c, Corrections()).is_merged):
        taken = [key for key, group in free.items() if _is_mostly(group, before[cluster_id])]
        united = {case for key in taken for case in free.pop(key)}
        placings.append(Placing(cluster_id, united | set(before[cluster_id])))
    placings += _matched({c: m for c, m in before.items() if not _is_placed(c, placings)}, free)
    _correct(placings, before, corrected)
    return [placing for placing in placings if len(placing.members) > 1]


def _is_mostly(group: Set[int], members: Set[int]) -> bool:
    """Whether more than half of the group are members."""
    return 2 * len(group & members) > len(group)


def _is_placed(cluster_id: int, placings: Sequence[Placing]) -> bool:
    return any(placing.cluster_id == cluster_id for placing in placings)


def _matched(before: Mapping[int, Set[int]], free: Mapping[int, Set[int]]) -> list[Placing]:
    common = sorted(
        (-len(group & members), cluster_id, key)
        for cluster_id, members in before.items()
        for key, group in free.items()
        if 2 * len(group & members) > len(members)
    )
    cluster_of: dict[int, int] = {}
    for _, cluster_id, key in common:
        if key not in cluster_of and cluster_id not in cluster_of.values():
            cluster_of[key] = cluster_id
    return [Placing(cluster_of.get(key), set(group)) for key, group in free.items()]


def _correct(
    placings: list[Placing],
    before: Mapping[int, Set[int]],
    corrected: Mapping[int, Corrections],
) -> None:
    for cluster_id in sorted(before):
        decided = corrected.get(cluster_id)
        if decided is None:
            continue
        placing = next((row for row in placings if row.cluster_id == cluster_id), None)
        if placing is None:
            # What an officer put together stays, though the engine no longer sees it.
            placing = Placing(cluster_id, set(before[cluster_id]) if decided.added else set())
            placings.append(placing)
        placing.members = (placing.members | decided.added) - decided.removed
