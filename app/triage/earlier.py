"""What became of the same matter in an earlier round (前の回の扱い), and who departs from it.

Only settled classes are remembered: a class that is still proposed, pending or kept from the reader
is none. The round before is what counts; older ones are shown.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Category
from app.similar.earlier import earlier_settled
from app.triage.models import Assessment, AssessmentDeparture, AssessmentStatus

SETTLING = (AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED)


class Treatment(NamedTuple):
    """How an earlier case about the same matter was settled (前の回の扱い).

    `why` says why it is held for the same matter. `decided_on` is the day of the decision (JST),
    none where no opinion of that round is kept.
    """

    proposal: Proposal
    category: Category
    why: str
    reason: str
    decided_on: date | None

    @property
    def number(self) -> str:
        """Receipt number of the earlier case."""
        return self.proposal.reference


class Departure(NamedTuple):
    """Why an opinion goes another way than before (前の回と違う理由), with what it departs from."""

    reason: str
    earlier: str


def earlier_treatments(actor: User, proposal: Proposal) -> list[Treatment]:
    """How the same matter was settled in earlier rounds, the latest first (前の回の扱い)."""
    cases = earlier_settled(actor, proposal)
    said = _settling([case.proposal.id for case in cases])
    return [
        _treatment(case.proposal, case.proposal.category, case.why, said.get(case.proposal.id))
        for case in cases
        if case.proposal.category is not None
    ]


def of_round_before(treatments: Sequence[Treatment]) -> list[Treatment]:
    """Those of the latest earlier round that knows the matter (前の回)."""
    return [row for row in treatments if row.proposal.round_id == treatments[0].proposal.round_id]


def departed_from(treatments: Sequence[Treatment], category: Category) -> list[Treatment]:
    """Those of the round before that have another class; classes are one by their key."""
    return [row for row in of_round_before(treatments) if row.category.key != category.key]


def treatments_in_words(treatments: Sequence[Treatment]) -> str:
    """Numbers and classes in a row: 「R6-0228は分類A、R6-0229は分類F-5」."""
    return _in_words([(row.number, row.category) for row in treatments])


def departure_of(opinion: Assessment, reader: User) -> Departure | None:
    """Why an opinion departs from the round before (前の回と違う理由), None where it does not.

    Who may know of none of the earlier cases (利益相反) does not read it either.
    """
    if opinion.why_different is None:
        return None
    rows = db.session.scalars(
        select(AssessmentDeparture)
        .join(Proposal, Proposal.id == AssessmentDeparture.proposal_id)
        .where(AssessmentDeparture.assessment_id == opinion.id, visible_to(reader))
        .order_by(AssessmentDeparture.proposal_id)
    ).all()
    if not rows:
        return None
    earlier = _in_words([(row.proposal.reference, row.category) for row in rows])
    return Departure(opinion.why_different, earlier)


def _in_words(rows: Sequence[tuple[str, Category]]) -> str:
    return "、".join(f"{number}は分類{category.code}" for number, category in rows)


def _settling(ids: Sequence[int]) -> dict[int, Assessment]:
    """The opinion that settled each case, the last one where it was settled again."""
    rows = db.session.scalars(
        select(Assessment)
        .where(
            Assessment.proposal_id.in_(ids),
            Assessment.status.in_(SETTLING),
            Assessment.first_opinion_id.is_(None),
        )
        .order_by(Assessment.id)
    )
    return {row.proposal_id: row for row in rows}


def _treatment(
    proposal: Proposal, category: Category, why: str, said: Assessment | None
) -> Treatment:
    if said is None:
        return Treatment(proposal, category, why, "", None)
    decided_at = said.decision.decided_at if said.decision else said.created_at
    return Treatment(proposal, category, why, said.reason, clock.to_jst(decided_at).date())
