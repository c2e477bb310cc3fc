"""What a reader sees of clusters (まとまりの表示): everything from the cases he may see."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.accounts.models import User
from app.clusters.adoption_matrix import AdoptionLine, Hint, adoption_counts, hint_of
from app.clusters.linked_rows import DutyRows, LinkedRow
from app.clusters.models import (
    Adoption,
    Cluster,
    ClusterMember,
    JoinedBy,
    SystemReading,
)
from app.clusters.queries import (
    CLUSTER_NOT_FOUND,
    clusters_of_round,
    readings_of,
    visible_members,
)
from app.clusters.same_names import SameName, same_names
from app.core.errors import NotFound
from app.proposals.content import ministry_name
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.triage.blindness import cases_with_hidden_class

LEAST_MEMBERS = 2
KINDS_SHOWN = 3
NO_CLASS = "未定"
JOINED_WORDS: dict[JoinedBy, str] = {
    JoinedBy.FUNCTION: "同じ機能",
    JoinedBy.PACKAGE: "パッケージの一部",
    JoinedBy.OFFICER: "手で追加",
}


class Reason(NamedTuple):
    """Why a case is in its cluster (加わった理由): one function, the words of both texts."""

    kind: str
    own: str
    others: str
    other_number: str


class ClassShown(NamedTuple):
    """Class of a case as far as the reader may know it (分類)."""

    code: str
    is_provisional: bool


@dataclass(frozen=True, kw_only=True)
class MemberView:
    """A case of a cluster as one reader sees it (まとまりの案件)."""

    proposal: Proposal
    joined_by: JoinedBy
    names: list[str]
    functions: list[dict[str, Any]]
    reasons: list[Reason]
    shown_class: ClassShown | None
    ministry: str
    adoption: Adoption
    adoption_words: str


@dataclass(frozen=True, kw_only=True)
class ClusterView:
    """A cluster as one reader sees it (まとまり)."""

    cluster: Cluster
    members: list[MemberView]
    kinds: list[str]
    names: list[str]
    duty: str
    rows: list[LinkedRow]

    @property
    def title(self) -> str:
        """What the cluster is called: the duty or row it is about, and its functions."""
        about = next((row.title for row in self.rows if row.is_main), self.duty)
        return "：".join(part for part in (about, "、".join(self.kinds)) if part)

    @property
    def bodies(self) -> list[str]:
        """Bodies of the cases, each once (団体)."""
        return list(dict.fromkeys(row.proposal.organization.name for row in self.members))

    @property
    def classes(self) -> list[tuple[str, int]]:
        """Classes of the cases with their number, those without one last (分類の内訳)."""
        counted = Counter(row.shown_class.code if row.shown_class else "" for row in self.members)
        ordered = sorted(counted.items(), key=lambda pair: (not pair[0], pair[0]))
        return [(code or NO_CLASS, count) for code, count in ordered]

    @property
    def ministries(self) -> list[str]:
        """Ministries of the cases, each once (所管府省庁)."""
        return sorted({row.ministry for row in self.members if row.ministry})

    @property
    def classes_differ(self) -> bool:
        """Whether the cases have different classes (分類の不一致); an undecided one is none."""
        return len({row.shown_class.code for row in self.members if row.shown_class}) > 1

    @property
    def ministries_differ(self) -> bool:
        """Whether the cases name different ministries (所管の不一致)."""
        return len(self.ministries) > 1

    @property
    def adoption_lines(self) -> list[AdoptionLine]:
        """Rows of the adoption matrix (導入状況の表)."""
        return [
            AdoptionLine(
                row.proposal.organization.name,
                row.proposal.reference,
                row.adoption,
                row.adoption_words,
            )
            for row in self.members
        ]

    @property
    def adoption_counts(self) -> dict[Adoption, int]:
        """Bodies by adoption (導入状況の団体数)."""
        return adoption_counts(self.adoption_lines)

    @property
    def hint(self) -> Hint | None:
        """What the adoption may speak for (分類の手がかり)."""
        return hint_of(self.adoption_counts)


def cluster_views(actor: User, round_: Round) -> list[ClusterView]:
    """Clusters of a round with two cases or more that the reader may see, the largest first."""
    clusters = {cluster.id: cluster for cluster in clusters_of_round(round_.id)}
    views = _views(actor, list(clusters.values()))
    return sorted(views, key=lambda view: (-len(view.members), view.cluster.id))


def cluster_view(actor: User, cluster: Cluster) -> ClusterView:
    """One cluster for a reader. Raises NotFound when fewer than two of its cases can be seen."""
    views = _views(actor, [cluster])
    if not views:
        raise NotFound(CLUSTER_NOT_FOUND)
    return views[0]


def names_in_round(actor: User, round_: Round, views: Sequence[ClusterView]) -> list[SameName]:
    """Names under which cases of a round do different things (同じ呼称・異なる機能)."""
    cluster_of = {row.proposal.id: view.cluster.id for view in views for row in view.members}
    return same_names(actor, cluster_of, round_.id)


def _views(actor: User, clusters: Sequence[Cluster]) -> list[ClusterView]:
    members = visible_members(actor, [cluster.id for cluster in clusters])
    readings = readings_of([member.proposal_id for member in members])
    hidden = cases_with_hidden_class(actor, [member.proposal for member in members])
    rows = DutyRows()
    found = []
    for cluster in clusters:
        own = _linked([row for row in members if row.cluster_id == cluster.id])
        if len(own) >= LEAST_MEMBERS:
            shown = [_member(row, own, readings, row.proposal_id in hidden) for row in own]
            read = [readings[row.proposal_id] for row in own if row.proposal_id in readings]
            found.append(_view(cluster, shown, read, rows))
    return found


def _linked(members: Sequence[ClusterMember]) -> list[ClusterMember]:
    """Members that share a function with another one the reader sees, or were put in by hand."""
    seen = {member.proposal_id for member in members}
    return [
        member
        for member in members
        if member.joined_by is JoinedBy.OFFICER
        or any(link["other"] in seen for link in member.links)
    ]


def _view(
    cluster: Cluster, members: list[MemberView], readings: list[SystemReading], rows: DutyRows
) -> ClusterView:
    return ClusterView(
        cluster=cluster,
        members=members,
        kinds=_common_kinds(members),
        names=list(dict.fromkeys(name for row in members for name in row.names)),
        duty=_duty_of(readings),
        rows=rows.of(readings),
    )


def _common_kinds(members: Sequence[MemberView]) -> list[str]:
    """Functions that at least half of the cases share, the most frequent first (共通する機能)."""
    counted = Counter(kind for row in members for kind in {reason.kind for reason in row.reasons})
    common = [kind for kind, count in counted.items() if 2 * count >= len(members)]
    return sorted(common, key=lambda kind: (-counted[kind], kind))[:KINDS_SHOWN]


def _duty_of(readings: Sequence[SystemReading]) -> str:
    """Main duty of most of the cases (主な業務), '' where none of them names one we know."""
    counted = Counter(row["duty"] for read in readings for row in read.duties if row["is_main"])
    return min(counted, key=lambda duty: (-counted[duty], duty), default="")


def _member(
    member: ClusterMember,
    own: Sequence[ClusterMember],
    readings: Mapping[int, SystemReading],
    is_class_hidden: bool,
) -> MemberView:
    proposal, reading = member.proposal, readings.get(member.proposal_id)
    numbers = {row.proposal_id: row.proposal.reference for row in own}
    return MemberView(
        proposal=proposal,
        joined_by=member.joined_by,
        names=list(reading.names) if reading else [],
        functions=list(reading.functions) if reading else [],
        reasons=_reasons(member, numbers),
        shown_class=_class_of(proposal, is_class_hidden),
        ministry=ministry_name(proposal.ministry) if proposal.ministry else "",
        adoption=reading.adoption if reading else Adoption.UNKNOWN,
        adoption_words=reading.adoption_words if reading else "",
    )


def _reasons(member: ClusterMember, numbers: Mapping[int, str]) -> list[Reason]:
    """One reason a function, out of what links the case to others the reader sees."""
    found: dict[str, Reason] = {}
    for link in member.links:
        if link["other"] in numbers:
            reason = Reason(link["kind"], link["own"], link["others"], numbers[link["other"]])
            found.setdefault(link["kind"], reason)
    return list(found.values())


def _class_of(proposal: Proposal, is_hidden: bool) -> ClassShown | None:
    if proposal.category is not None:
        return ClassShown(proposal.category.code, is_provisional=False)
    if proposal.provisional_category is not None and not is_hidden:
        return ClassShown(proposal.provisional_category.code, is_provisional=True)
    return None
