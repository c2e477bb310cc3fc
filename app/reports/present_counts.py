"""Counting a round as it stands by the database itself (現在の件数): no row for each case.

For a reader without any conflict of interest only; for a past day, or where something is kept from
the reader, `cases` reads the cases one by one. Both give the same numbers.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.proposals.models import Proposal
from app.reports.cases import UNCOUNTED_STATES, Standing
from app.reports.counting import Basis
from app.rounds.models import Round
from app.workflow.states import State


@dataclass(frozen=True, kw_only=True)
class PresentCounts:
    """How many counted proposals stand where (現在の件数), and from how many bodies."""

    by_standing: Counter[Standing]
    organizations: int
    is_whole: bool = True

    @property
    def proposals(self) -> int:
        """All that count (提案数)."""
        return self.by_standing.total()


def present_counts(round_: Round, basis: Basis) -> PresentCounts:
    """Count the proposals of a round where they stand now (現在の件数), by grouped queries."""
    if basis is Basis.MERGED:
        return _as_merged(round_)
    return _as_received(round_)


def _as_received(round_: Round) -> PresentCounts:
    counted = [
        Proposal.round_id == round_.id,
        Proposal.state.not_in(UNCOUNTED_STATES),
        Proposal.branch_number == 1,
    ]
    found = _grouped(*counted)
    for own, target, number in _followed(counted):
        found[own] -= number
        found[target] += number
    return PresentCounts(by_standing=+found, organizations=_bodies(*counted))


def _followed(counted: list[ColumnElement[bool]]) -> list[tuple[Standing, Standing, int]]:
    """Absorbed cases count where the case stands that they went into, if that one counts."""
    target = aliased(Proposal)
    rows = db.session.execute(
        select(Proposal.state, Proposal.category_id, target.state, target.category_id, func.count())
        .join(target, target.id == Proposal.merged_into_id)
        .where(*counted, target.state.not_in(UNCOUNTED_STATES))
        .group_by(Proposal.state, Proposal.category_id, target.state, target.category_id)
    )
    return [(Standing(*row[:2]), Standing(*row[2:4]), row[4]) for row in rows]


def _as_merged(round_: Round) -> PresentCounts:
    of_round = Proposal.round_id == round_.id
    goes_on = Proposal.state.not_in([*UNCOUNTED_STATES, State.MERGED])
    target = aliased(Proposal)
    going_on = select(target.id).where(target.state.not_in(UNCOUNTED_STATES))
    is_behind = Proposal.merged_into_id.in_(going_on) & (Proposal.state != State.DRAFT)
    return PresentCounts(
        by_standing=_grouped(of_round, goes_on),
        organizations=_bodies(of_round, goes_on | is_behind),
    )


def _grouped(*conditions: ColumnElement[bool]) -> Counter[Standing]:
    rows = db.session.execute(
        select(Proposal.state, Proposal.category_id, func.count())
        .where(*conditions)
        .group_by(Proposal.state, Proposal.category_id)
    )
    return Counter({Standing(row[0], row[1]): row[2] for row in rows})


def _bodies(*conditions: ColumnElement[bool]) -> int:
    statement = select(func.count(Proposal.organization_id.distinct())).where(*conditions)
    return db.session.scalar(statement) or 0
