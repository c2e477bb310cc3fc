"""What still waits on a case that is over (終わった案件に残る申出・仕事)."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, literal, select, union_all

from app.core import clock
from app.deadlines.models import ExtensionRequest
from app.discrepancies.cases.findings import (
    DESK,
    LEADS,
    CaseFinding,
    CaseKind,
    Remedy,
    case_place,
    page_of,
)
from app.discrepancies.cases.scope import CaseRow, Scope, found
from app.discrepancies.findings import Place
from app.proposals.models import Amendment, CaseClock, LateSubmission, Proposal
from app.triage.models import Assignment, CaseClaim
from app.workflow.states import State

OVER = (State.CLOSED, State.WITHDRAWN, State.MERGED)


class _Left(NamedTuple):
    what: str
    todo: str


AMENDMENT, EXTENSION, LATE, CLAIM, ASSIGNMENT = (
    "amendment",
    "extension",
    "late",
    "claim",
    "assignment",
)
LEFT = {
    AMENDMENT: _Left("決定を待つ変更の申出", "総括が可否を決める"),
    EXTENSION: _Left("決定を待つ期限延長の申請", "期限の履歴を確かめ、システム管理に伝える"),
    LATE: _Left("決定を待つ期限後の提出", "総括が可否を決める"),
    CLAIM: _Left("終わっていない着手", "着手した人が一覧に戻す（時間がたてば自動で終わる）"),
    ASSIGNMENT: _Left("終わっていない担当割当", "総括が担当の仕事を引き継ぐ"),
}


def find_left_open(scope: Scope) -> list[CaseFinding]:
    """Find closed, withdrawn and merged cases on which something waits yet (残る申出・仕事)."""
    left = _left().subquery()
    rows = found(
        scope.select(left.c.kind, left.c.number)
        .join(left, left.c.proposal_id == Proposal.id)
        .where(Proposal.state.in_(OVER))
    )
    kinds: dict[CaseRow, dict[str, int]] = {}
    for row in rows:
        kinds.setdefault(row.case, {})[row.more[0]] = row.more[1]
    return [_finding(case, waiting) for case, waiting in kinds.items()]


def _left() -> Any:
    """One row a kind of thing that waits on a case: case, kind, what names it."""
    now = clock.now()
    running = select(CaseClock.id).where(CaseClock.ended_at.is_(None))
    return union_all(
        _waiting(AMENDMENT, Amendment, Amendment.id, Amendment.decision.is_(None)),
        # A request ends with its clock: one whose clock is over asks for nothing any more.
        _waiting(
            EXTENSION,
            ExtensionRequest,
            ExtensionRequest.id,
            and_(
                ExtensionRequest.decided_at.is_(None),
                ExtensionRequest.clock_id.in_(running),
            ),
        ),
        _waiting(LATE, LateSubmission, LateSubmission.id, LateSubmission.decision.is_(None)),
        _waiting(
            CLAIM,
            CaseClaim,
            CaseClaim.id,
            and_(CaseClaim.released_at.is_(None), CaseClaim.expires_at > now),
        ),
        _waiting(ASSIGNMENT, Assignment, Assignment.reviewer_id, Assignment.ended_at.is_(None)),
    )


def _waiting(kind: str, table: Any, number: Any, waits: ColumnElement[bool]) -> Select[Any]:
    return select(table.proposal_id, literal(kind).label("kind"), number.label("number")).where(
        waits
    )


def _finding(case: CaseRow, waiting: dict[str, int]) -> CaseFinding:
    kinds = [kind for kind in LEFT if kind in waiting]
    return CaseFinding(
        kind=CaseKind.LEFT_OPEN,
        cases=(case,),
        what="、".join(LEFT[kind].what for kind in kinds),
        todo="。".join(LEFT[kind].todo for kind in kinds),
        remedy=_remedy(case, kinds[0], waiting[kinds[0]]),
    )


def _remedy(case: CaseRow, kind: str, number: int) -> Remedy:
    if kind == AMENDMENT:
        arguments = {"amendment_id": number}
        return Remedy(
            place=Place(label="申出を開く", endpoint="proposals.amendment", arguments=arguments)
        )
    if kind == LATE:
        place = Place(label="期限後の提出を開く", endpoint="proposals.late_submissions")
        return Remedy(place=place, roles=LEADS)
    if kind == ASSIGNMENT:
        arguments = {"user_id": number}
        place = Place(label="仕事を引き継ぐ", endpoint="triage.hand_over", arguments=arguments)
        return Remedy(place=place, roles=LEADS)
    if kind == EXTENSION:
        return page_of(case, "期限の履歴を見る", "casework.deadlines")
    return Remedy(place=case_place(case), roles=DESK)
