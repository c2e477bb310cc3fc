"""Reading for the checks, and the explanations given (食い違いの検索)."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select

from app.candidates.models import CandidateCase
from app.discrepancies.models import DiscrepancyExplanation
from app.extensions import db
from app.proposals.models import Proposal
from app.registers.models import ControlNumber, Register, RegisterEntry
from app.rounds.models import Round
from app.workflow.states import State

# Of what a finding is about (種類・鍵).
FindingName = tuple[str, str]


class BunkenSize(NamedTuple):
    """How long the register of 分権提案 is for a year: lines, and 管理番号 in them."""

    lines: int
    control_numbers: int


def bunken_size(year: int) -> BunkenSize:
    """Count the lines in use and their 管理番号 of a year (分権提案の行と管理番号)."""
    lines, numbers = db.session.execute(
        select(func.count(ControlNumber.entry_id.distinct()), func.count(ControlNumber.id))
        .join(RegisterEntry, RegisterEntry.id == ControlNumber.entry_id)
        .where(
            RegisterEntry.register == Register.BUNKEN,
            RegisterEntry.retired_at.is_(None),
            ControlNumber.year == year,
        )
    ).one()
    return BunkenSize(lines, numbers)


def pending_cases(candidate_ids: Collection[int]) -> dict[int, list[str]]:
    """Receipt numbers of the pending cases of each candidate that has any (ペンディングの提案)."""
    rows = db.session.execute(
        select(CandidateCase.candidate_id, Proposal.receipt_number)
        .join(Proposal, Proposal.id == CandidateCase.proposal_id)
        .where(CandidateCase.candidate_id.in_(candidate_ids), Proposal.state == State.PENDING)
        .order_by(Proposal.receipt_sequence, Proposal.id)
    )
    found: dict[int, list[str]] = {}
    for candidate_id, number in rows:
        found.setdefault(candidate_id, []).append(number or "")
    return found


def explanations_of(round_: Round) -> dict[FindingName, list[DiscrepancyExplanation]]:
    """Explanations of a round by what they explain, the newest first (説明)."""
    found: dict[FindingName, list[DiscrepancyExplanation]] = {}
    for row in db.session.scalars(
        select(DiscrepancyExplanation)
        .where(DiscrepancyExplanation.round_id == round_.id)
        .order_by(DiscrepancyExplanation.id.desc())
    ):
        found.setdefault((row.kind, row.key), []).append(row)
    return found


def case_explanations(
    kinds: Collection[str], key: str | None = None
) -> dict[FindingName, list[DiscrepancyExplanation]]:
    """Explanations of findings about cases, the newest first (案件の点検の説明).

    Of every round: whoever shows them to a person has found the case for that person first.
    """
    statement = select(DiscrepancyExplanation).where(DiscrepancyExplanation.kind.in_(kinds))
    if key is not None:
        statement = statement.where(DiscrepancyExplanation.key == key)
    found: dict[FindingName, list[DiscrepancyExplanation]] = {}
    for row in db.session.scalars(statement.order_by(DiscrepancyExplanation.id.desc())):
        found.setdefault((row.kind, row.key), []).append(row)
    return found


def lock_round(round_: Round) -> None:
    """Let one explanation of a round be written at a time (排他)."""
    db.session.execute(select(Round.id).where(Round.id == round_.id).with_for_update())
