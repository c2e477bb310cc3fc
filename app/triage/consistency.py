"""Whether near-duplicates go the same way (整合の点検): class and ministry, with both reasons.

A class that the second person may not read yet (独立した2人目) is not compared, and not shown.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.core.errors import InvalidInput
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Category, Round
from app.similar.near_duplicates import NearDuplicate, NearPair, near_duplicates, near_pairs
from app.triage.blindness import cases_with_hidden_class
from app.triage.models import Assessment, AssessmentStatus
from app.workflow.states import State

SAID = (AssessmentStatus.OPEN, AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED)
SETTLED = (State.CLASSIFIED, State.CLOSED)


class Standing(NamedTuple):
    """What is said of a case now (今の分類): class, how firm it is, and the reason given.

    `code` is empty where nobody said anything, or where the reader may not read it yet.
    """

    code: str = ""
    words: str = ""
    reason: str = ""


class Difference(NamedTuple):
    """Two near-duplicates that go different ways (分類や府省庁が違う組)."""

    first: Proposal
    second: NearDuplicate
    first_standing: Standing
    second_standing: Standing

    @property
    def number(self) -> str:
        """Receipt number of the other case, by which a tick names it."""
        return self.second.proposal.reference

    @property
    def is_other_class(self) -> bool:
        """Whether both have a class, and another one."""
        codes = (self.first_standing.code, self.second_standing.code)
        return all(codes) and codes[0] != codes[1]

    @property
    def is_other_ministry(self) -> bool:
        """Whether both name a ministry, and another one."""
        ids = (self.first.ministry_id, self.second.proposal.ministry_id)
        return None not in ids and ids[0] != ids[1]

    @property
    def is_different(self) -> bool:
        """Whether somebody should look at the two before either is settled."""
        return self.is_other_class or self.is_other_ministry


def differences(
    actor: User, proposal: Proposal, among: Collection[int] | None = None
) -> list[Difference]:
    """Near-duplicates of a case with another class or ministry, the nearest first (整合の点検).

    `among` names the near-duplicates where they were found before the transaction (`near_ids`):
    nobody waits for a lock while the texts of all rounds are compared.
    """
    if among is not None and not among:
        return []
    where = None if among is None else Proposal.id.in_(among)
    duplicates = near_duplicates(actor, proposal, where=where)
    rows = [NearPair(proposal, duplicate) for duplicate in duplicates]
    return [row for row in _compared(actor, rows) if row.is_different]


def differences_of_round(actor: User, round_: Round) -> tuple[list[Difference], int]:
    """All open pairs of near-duplicates of a round, those that differ first; and how many cases
    still wait to be compared.
    """
    pairs, left_out = near_pairs(actor, round_)
    compared = _compared(actor, pairs)
    return sorted(compared, key=lambda row: not row.is_different), left_out


def check_compared(
    actor: User,
    proposal: Proposal,
    compared_with: Collection[str],
    among: Collection[int] | None = None,
) -> list[str]:
    """Refuse to settle a case before somebody has looked at where it differs (違いの確認).

    `compared_with` holds the receipt numbers that were ticked. Returns those that had to be.
    Raises InvalidInput with the numbers that are missing.
    """
    needed = [row.number for row in differences(actor, proposal, among)]
    missing = [number for number in needed if number not in compared_with]
    if missing:
        words = "、".join(missing)
        raise InvalidInput(
            {"compared_with": [f"{words}との違いを読み、「違いを確かめた」に印を付けてください"]}
        )
    return needed


def _compared(actor: User, pairs: Sequence[NearPair]) -> list[Difference]:
    cases = {row.id: row for pair in pairs for row in (pair.first, pair.second.proposal)}
    standings = _standings(actor, list(cases.values()))
    return [
        Difference(
            pair.first,
            pair.second,
            standings[pair.first.id],
            standings[pair.second.proposal.id],
        )
        for pair in pairs
    ]


def _standings(actor: User, cases: Sequence[Proposal]) -> dict[int, Standing]:
    if not cases:
        return {}
    hidden = cases_with_hidden_class(actor, cases)
    said = _last_said([case.id for case in cases if case.id not in hidden])
    return {
        case.id: Standing() if case.id in hidden else _standing(case, said.get(case.id))
        for case in cases
    }


def _last_said(ids: Sequence[int]) -> dict[int, Assessment]:
    """Last opinion on each case that stands: a disputed one does not."""
    rows = db.session.scalars(
        select(Assessment)
        .where(Assessment.proposal_id.in_(ids), Assessment.status.in_(SAID))
        .order_by(Assessment.id)
    )
    return {row.proposal_id: row for row in rows}


def _standing(case: Proposal, said: Assessment | None) -> Standing:
    reason = said.reason if said else ""
    if case.state in SETTLED and case.category is not None:
        return Standing(case.category.code, "確定", reason)
    if case.state is State.IN_CONFIRMATION and said is not None:
        return Standing(said.category.code, "意見（確認待ち）", reason)
    provisional: Category | None = case.provisional_category
    return Standing(provisional.code, "暫定", "") if provisional else Standing()
