"""What follow-ups are told from (後続対応の材料). Every list starts from what the actor may see."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.candidates.models import CandidateCase, CandidateExemption
from app.core.page_reads import once_a_page
from app.extensions import db
from app.follow_ups.models import OtherProcessOutcome, StudyNote
from app.handoffs.models import Handoff
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.registers.models import Register, RegisterEntry
from app.rounds.models import Category, Round
from app.triage.models import Assessment, AssessmentEvidence, AssessmentStatus
from app.watches.models import Watch
from app.workflow.states import FollowUp, State

# Something follows from the class on, and still after the body was told.
FOLLOWED_STATES = (State.CLASSIFIED, State.CLOSED)
_SETTLED = (AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED)


def followed_cases(actor: User, round_: Round) -> list[Proposal]:
    """Cases of a round that have a class (後続対応の対象), by class and receipt number."""
    return list(
        db.session.scalars(
            select(Proposal)
            .join(Proposal.category)
            .where(
                visible_to(actor),
                Proposal.round_id == round_.id,
                Proposal.state.in_(FOLLOWED_STATES),
            )
            .options(joinedload(Proposal.category))
            .order_by(Category.position, Proposal.receipt_sequence, Proposal.branch_number)
        )
    )


def cited_rows(proposal_ids: Sequence[int]) -> dict[int, list[RegisterEntry]]:
    """Rows of the registers the confirmed opinions rest on (根拠の台帳の行), by case.

    Of opinions for the class the case has now: what an earlier one cited leads nowhere any more.
    """
    rows = db.session.execute(_cited(), {"case_ids": list(proposal_ids)})
    found: dict[int, list[RegisterEntry]] = {}
    for case_id, entry in rows:
        known = found.setdefault(case_id, [])
        if entry not in known:
            known.append(entry)
    return found


# The page of every case asks it: its words are made once; it is asked anew each time.
@cache
def _cited() -> Select[int, RegisterEntry]:
    return (
        select(Proposal.id, RegisterEntry)
        .join(Assessment, Assessment.proposal_id == Proposal.id)
        .join(AssessmentEvidence, AssessmentEvidence.assessment_id == Assessment.id)
        .join(RegisterEntry, RegisterEntry.id == AssessmentEvidence.register_entry_id)
        .where(
            Proposal.id.in_(bindparam("case_ids", expanding=True)),
            Assessment.status.in_(_SETTLED),
            Assessment.category_id == Proposal.category_id,
        )
        .order_by(Proposal.id, RegisterEntry.register, RegisterEntry.number)
        .options(selectinload(RegisterEntry.control_numbers))
    )


def handoffs_by_case(proposal_ids: Sequence[int]) -> dict[int, list[Handoff]]:
    """All hand-offs of cases (送付), by case, also those that ended."""
    found: dict[int, list[Handoff]] = {}
    for row in db.session.scalars(
        select(Handoff).where(Handoff.proposal_id.in_(proposal_ids)).order_by(Handoff.id)
    ):
        found.setdefault(row.proposal_id, []).append(row)
    return found


def watches_by_case(proposal_ids: Sequence[int]) -> dict[int, list[Watch]]:
    """Watches of cases (見直しの条件), by case."""
    found: dict[int, list[Watch]] = {}
    for row in db.session.scalars(
        select(Watch).where(Watch.proposal_id.in_(proposal_ids)).order_by(Watch.id)
    ):
        found.setdefault(row.proposal_id, []).append(row)
    return found


def candidate_names(proposal_ids: Sequence[int]) -> dict[int, list[str]]:
    """Candidates that cases lead to (対象候補), by case."""
    found: dict[int, list[str]] = {}
    for row in db.session.scalars(
        select(CandidateCase)
        .where(CandidateCase.proposal_id.in_(proposal_ids))
        .options(joinedload(CandidateCase.candidate))
        .order_by(CandidateCase.candidate_id)
    ):
        found.setdefault(row.proposal_id, []).append(row.candidate.name)
    return found


def exempted(proposal_ids: Sequence[int]) -> set[int]:
    """Cases of which it was said why they lead to no candidate (対象候補がない理由)."""
    return set(
        db.session.scalars(
            select(CandidateExemption.proposal_id).where(
                CandidateExemption.proposal_id.in_(proposal_ids)
            )
        )
    )


def latest_outcomes(entry_ids: Sequence[int]) -> dict[int, OtherProcessOutcome]:
    """The outcome that counts of each register row (他の手続の結果), by row."""
    last = (
        select(func.max(OtherProcessOutcome.id))
        .where(OtherProcessOutcome.register_entry_id.in_(entry_ids))
        .group_by(OtherProcessOutcome.register_entry_id)
    )
    rows = db.session.scalars(select(OtherProcessOutcome).where(OtherProcessOutcome.id.in_(last)))
    return {row.register_entry_id: row for row in rows}


def outcomes_of(entry: RegisterEntry) -> list[OtherProcessOutcome]:
    """Every version of the outcome of a row, the newest first (他の手続の結果の版)."""
    return list(
        db.session.scalars(
            select(OtherProcessOutcome)
            .where(OtherProcessOutcome.register_entry_id == entry.id)
            .options(joinedload(OtherProcessOutcome.recorded_by))
            .order_by(OtherProcessOutcome.number.desc())
        )
    )


def notes_by_case(proposal_ids: Sequence[int]) -> dict[int, StudyNote]:
    """Notes for later study (参考リストのメモ), by case."""
    rows = db.session.scalars(select(StudyNote).where(StudyNote.proposal_id.in_(proposal_ids)))
    return {row.proposal_id: row for row in rows}


@once_a_page
def note_of(proposal: Proposal) -> StudyNote | None:
    """The note of a case (参考リストのメモ), None while there is none."""
    return notes_by_case([proposal.id]).get(proposal.id)


def cases_resting_on(entry: RegisterEntry, actor: User, *, is_practice: bool) -> list[Proposal]:
    """Cases in another process through this row (この行に結び付く案件), practice apart."""
    rows = db.session.scalars(
        select(Proposal)
        .join(Proposal.category)
        .join(Assessment, Assessment.proposal_id == Proposal.id)
        .join(AssessmentEvidence, AssessmentEvidence.assessment_id == Assessment.id)
        .join(Proposal.round)
        .where(
            visible_to(actor),
            Round.is_practice.is_(is_practice),
            Category.follow_up == FollowUp.OTHER_PROCESS,
            Proposal.state.in_(FOLLOWED_STATES),
            Assessment.status.in_(_SETTLED),
            Assessment.category_id == Proposal.category_id,
            AssessmentEvidence.register_entry_id == entry.id,
        )
        .order_by(Proposal.round_id.desc(), Proposal.receipt_sequence, Proposal.branch_number)
    )
    return list(dict.fromkeys(rows))


def process_rows() -> list[RegisterEntry]:
    """Rows of 分権提案 (他の手続の台帳の行), by number."""
    return list(
        db.session.scalars(
            select(RegisterEntry)
            .where(RegisterEntry.register == Register.BUNKEN)
            .order_by(RegisterEntry.number)
        )
    )
