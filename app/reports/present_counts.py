"""Counting a round as it stands by the database itself (現在の件数): no row for each case.

For a reader without any conflict of interest only; for a past day, or where something is kept from
the reader, `cases` reads the cases one by one. Both give the same numbers.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
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
    found = _grouped(round_, Basis.RECEIVED)
    for own, target, number in _followed(round_):
        found[own] -= number
        found[target] += number
    return PresentCounts(by_standing=+found, organizations=_bodies(round_, Basis.RECEIVED))


def _as_merged(round_: Round) -> PresentCounts:
    return PresentCounts(
        by_standing=_grouped(round_, Basis.MERGED), organizations=_bodies(round_, Basis.MERGED)
    )


def _followed(round_: Round) -> list[tuple[Standing, Standing, int]]:
    """Absorbed cases count where the case stands that they went into, if that one counts."""
    rows = db.session.execute(_follow(), {"round_id": round_.id})
    return [(Standing(*row[:2]), Standing(*row[2:4]), row[4]) for row in rows]


def _grouped(round_: Round, basis: Basis) -> Counter[Standing]:
    rows = db.session.execute(_groups(basis), {"round_id": round_.id})
    return Counter({Standing(row[0], row[1]): row[2] for row in rows})


def _bodies(round_: Round, basis: Basis) -> int:
    return db.session.scalar(_count_of_bodies(basis), {"round_id": round_.id}) or 0


# The words of these are made once: to make them takes longer than to count.
@cache
def _follow() -> Select[State, int | None, State, int | None, int]:
    target = aliased(Proposal)
    standings = (Proposal.state, Proposal.category_id, target.state, target.category_id)
    return (
        select(*standings, func.count())
        .join(target, target.id == Proposal.merged_into_id)
        .where(*_counted(Basis.RECEIVED), target.state.not_in(UNCOUNTED_STATES))
        .group_by(*standings)
    )


@cache
def _groups(basis: Basis) -> Select[State, int | None, int]:
    standing = (Proposal.state, Proposal.category_id)
    return select(*standing, func.count()).where(*_counted(basis)).group_by(*standing)


@cache
def _count_of_bodies(basis: Basis) -> Select[int]:
    of_round, *counted = _counted(basis)
    if basis is Basis.MERGED:
        counted = [or_(and_(*counted), _is_behind())]
    # The sum keeps SQLite from reading every case in the order of the bodies, past its index.
    body = Proposal.organization_id + 0
    return select(func.count(body.distinct())).where(of_round, *counted)


def _counted(basis: Basis) -> list[ColumnElement[bool]]:
    of_round = Proposal.round_id == bindparam("round_id")
    if basis is Basis.MERGED:
        return [of_round, Proposal.state.not_in([*UNCOUNTED_STATES, State.MERGED])]
    return [of_round, Proposal.state.not_in(UNCOUNTED_STATES), Proposal.branch_number == 1]


def _is_behind() -> ColumnElement[bool]:
    """Whether a case went into one that counts: its body stands behind that one."""
    target = aliased(Proposal)
    going_on = select(target.id).where(target.state.not_in(UNCOUNTED_STATES))
    return Proposal.merged_into_id.in_(going_on) & (Proposal.state != State.DRAFT)
