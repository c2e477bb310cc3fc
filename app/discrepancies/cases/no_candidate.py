"""Cases for candidates that no printed candidate stands for (候補のない対象提案)."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.text import search_key
from app.discrepancies.candidates import PROPOSAL_ORIGIN, Candidate, printed_candidates
from app.discrepancies.cases.findings import CaseFinding, CaseKind, Remedy
from app.discrepancies.cases.scope import CaseRow, Scope, found
from app.discrepancies.findings import Place
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.workflow.states import FollowUp, State

SETTLED = (State.CLASSIFIED, State.CLOSED)


def find_no_candidate(scope: Scope) -> list[CaseFinding]:
    """Find cases of the class for candidates that belong to no line of the list (候補なし).

    Only in rounds with a printed list of which every candidate of 提案募集 has its words: before
    that nobody can tell.
    """
    lists = {
        row.id: of_call
        for row in scope.rounds
        if (of_call := _of_call(printed_candidates(row.key)))
    }
    if not lists:
        return []
    of_candidates = select(Category.id).where(Category.follow_up == FollowUp.CANDIDATE)
    rows = found(
        scope.select().where(
            Proposal.round_id.in_(lists),
            Proposal.state.in_(SETTLED),
            Proposal.category_id.in_(of_candidates),
        )
    )
    return [
        _finding(row.case)
        for row in rows
        if not _belongs_to_any(row.case, lists[row.case.round_id])
    ]


def _of_call(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of 提案募集, none as long as it is not known which case belongs to one."""
    of_call = [row for row in candidates if row.is_numbered and row.origin == PROPOSAL_ORIGIN]
    return of_call if all(row.words for row in of_call) else []


def _belongs_to_any(case: CaseRow, candidates: Sequence[Candidate]) -> bool:
    title = search_key(case.title)
    return any(candidate.is_meant_by(title) for candidate in candidates)


def _finding(case: CaseRow) -> CaseFinding:
    place = Place(
        label="対象候補（案）の一覧を見る",
        endpoint="discrepancies.index",
        arguments={"key": case.round_key, "_anchor": "candidates"},
    )
    return CaseFinding(
        kind=CaseKind.NO_CANDIDATE,
        cases=(case,),
        what=f"分類{case.category_code}に当たる対象候補なし",
        todo="対象候補（案）の一覧に当たるものがないかを確かめる。後日の候補とするなら、説明を残す",
        remedy=Remedy(place=place),
    )
