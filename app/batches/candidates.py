"""Cases that can be taken into a batch (まとめて送付の対象), narrowed as a person asks for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core.text import normalize_input
from app.extensions import db
from app.handoffs.queries import is_handed_off, was_settled
from app.handoffs.services.prepare import WITHOUT_HANDOFF
from app.proposals.forms.base import number_in
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Category, Round
from app.workflow.states import State

MOST_CASES = 500
MOST_NUMBERS = 500
_BETWEEN = re.compile(r"[\s,、，;]+")


@dataclass(frozen=True, kw_only=True)
class CandidateFilter:
    """What the list of cases to send is narrowed to (絞り込み); empty narrows nothing."""

    category: str = ""
    ministry: str = ""
    numbers: tuple[str, ...] = ()

    def as_address(self) -> dict[str, str]:
        """The filter as an address carries it."""
        values = {
            "category": self.category,
            "ministry": self.ministry,
            "numbers": " ".join(self.numbers),
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Cases that can be sent (送付できる提案), and the numbers that were typed in vain."""

    cases: list[Proposal]
    unfound: list[str]


def read_candidate_filter(asked: Mapping[str, str]) -> CandidateFilter:
    """Take the filter from an address; numbers may stand apart by blanks, lines or commas."""
    typed = normalize_input(asked.get("numbers", "")).upper()
    found = [number[:20] for number in _BETWEEN.split(typed) if number]
    return CandidateFilter(
        category=normalize_input(asked.get("category", ""))[:16],
        ministry=normalize_input(asked.get("ministry", ""))[:10],
        numbers=tuple(dict.fromkeys(found))[:MOST_NUMBERS],
    )


def sendable_categories(round_: Round) -> list[Category]:
    """Classes of a round whose cases go to ministries (送付する分類)."""
    return [row for row in round_.scheme.categories if row.follow_up not in WITHOUT_HANDOFF]


def find_candidates(actor: User, round_: Round, wanted: CandidateFilter) -> Candidates:
    """Classified cases without a hand-off that is not over (送付できる提案), by receipt.

    One that was answered already is found by its number alone: to send it again is an exception.
    """
    ids = [row.id for row in sendable_categories(round_)]
    conditions: list[ColumnElement[bool]] = [
        visible_to(actor),
        Proposal.round_id == round_.id,
        Proposal.state == State.CLASSIFIED,
        Proposal.category_id.in_(ids),
        ~is_handed_off(),
    ]
    if not wanted.numbers:
        conditions.append(~was_settled())
    if wanted.category:
        conditions.append(Proposal.category.has(key=wanted.category))
    if wanted.ministry:
        conditions.append(Proposal.ministry_id == (number_in(wanted.ministry) or -1))
    if wanted.numbers:
        conditions.append(Proposal.receipt_number.in_(wanted.numbers))
    cases = list(
        db.session.scalars(
            select(Proposal)
            .where(*conditions)
            .options(
                joinedload(Proposal.organization),
                joinedload(Proposal.category),
                joinedload(Proposal.ministry),
            )
            .order_by(Proposal.receipt_sequence, Proposal.branch_number, Proposal.id)
        )
    )
    known = {case.receipt_number for case in cases}
    return Candidates(cases=cases, unfound=[row for row in wanted.numbers if row not in known])
