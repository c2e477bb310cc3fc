"""One name for different functions (同じ呼称・異なる機能): shown, never joined."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.clusters.models import SystemReading
from app.clusters.queries import visible_cases_of_round
from app.core.text import search_key
from app.extensions import db
from app.proposals.models import Proposal


class NamedCase(NamedTuple):
    """A case under a name (同じ呼称の案件): its cluster, if it is in one, and what it does."""

    proposal: Proposal
    cluster_id: int | None
    functions: list[dict[str, Any]]


class SameName(NamedTuple):
    """A name with the cases it stands for (呼称), which do different things."""

    name: str
    cases: list[NamedCase]


def same_names(actor: User, cluster_of: Mapping[int, int], round_id: int) -> list[SameName]:
    """Names that cases in different clusters, or in none, have in common, by number of cases.

    A case of which no function could be read is left out: nothing says that it differs.
    """
    found: dict[str, dict[int, NamedCase]] = defaultdict(dict)
    written: dict[str, str] = {}
    for reading, proposal in _readings(actor, round_id):
        for name in reading.names:
            if reading.functions:
                key = search_key(name)
                written.setdefault(key, name)
                found[key][proposal.id] = NamedCase(
                    proposal, cluster_of.get(proposal.id), list(reading.functions)
                )
    names = [SameName(written[key], list(cases.values())) for key, cases in found.items()]
    differing = [row for row in names if _differ(row.cases)]
    return sorted(differing, key=lambda row: (-len(row.cases), row.name))


def _readings(actor: User, round_id: int) -> list[tuple[SystemReading, Proposal]]:
    cases = visible_cases_of_round(actor, round_id).with_only_columns(Proposal.id).order_by(None)
    rows = db.session.execute(
        select(SystemReading, Proposal)
        .join(Proposal, Proposal.id == SystemReading.proposal_id)
        .where(Proposal.id.in_(cases))
        .order_by(Proposal.receipt_sequence, Proposal.id)
    )
    return [(row[0], row[1]) for row in rows]


def _differ(cases: list[NamedCase]) -> bool:
    """Whether two of the cases stand in different places and each does what the other does not."""
    return any(
        _place(first) != _place(second) and _kinds(first) != _kinds(second)
        for number, first in enumerate(cases)
        for second in cases[:number]
    )


def _place(case: NamedCase) -> tuple[int, int]:
    return (0, case.cluster_id) if case.cluster_id is not None else (1, case.proposal.id)


def _kinds(case: NamedCase) -> set[str]:
    return {function["kind"] for function in case.functions}
