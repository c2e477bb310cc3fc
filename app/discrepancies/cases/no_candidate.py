"""Cases for candidates that lead to none, without a reason (候補のない対象提案)."""

from sqlalchemy import exists, select

from app.candidates.models import CandidateCase, CandidateExemption
from app.discrepancies.cases.findings import CaseFinding, CaseKind, page_of
from app.discrepancies.cases.scope import CaseRow, Scope, found
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.workflow.states import FollowUp, State

SETTLED = (State.CLASSIFIED, State.CLOSED)


def find_no_candidate(scope: Scope) -> list[CaseFinding]:
    """Find cases of the class for candidates with neither a candidate nor a reason (候補なし)."""
    of_candidates = select(Category.id).where(Category.follow_up == FollowUp.CANDIDATE)
    rows = found(
        scope.select().where(
            Proposal.state.in_(SETTLED),
            Proposal.category_id.in_(of_candidates),
            ~exists().where(CandidateCase.proposal_id == Proposal.id),
            ~exists().where(CandidateExemption.proposal_id == Proposal.id),
        )
    )
    return [_finding(row.case) for row in rows]


def _finding(case: CaseRow) -> CaseFinding:
    return CaseFinding(
        kind=CaseKind.NO_CANDIDATE,
        cases=(case,),
        what=f"分類{case.category_code}に当たる対象候補なし",
        todo="対象候補につなぐか、つながるものがない理由を案件に書く",
        remedy=page_of(case, "対象候補につなぐ", "candidates.link_from_case"),
    )
