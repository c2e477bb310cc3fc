"""Cases under review that nobody works on (担当のいない案件)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.accounts.queries import is_active_today
from app.core import clock
from app.core.eras import format_date
from app.discrepancies.cases.findings import LEADS, CaseFinding, CaseKind, Remedy, page_of
from app.discrepancies.cases.scope import CaseRow, Scope, found
from app.discrepancies.findings import Place
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import has_conflict
from app.reports.backlog.history import cases_for_the_lead
from app.triage.deputies import present_deputy
from app.triage.models import Absence, Assignment
from app.triage.queries import reviewers
from app.workflow.states import State


class _Reviewer(NamedTuple):
    id: int
    name: str
    is_active: bool
    has_conflict: bool


def find_no_holder(scope: Scope) -> list[CaseFinding]:
    """Find cases under review without anybody who can do it in time (担当がいない).

    Nobody is assigned, or only people who may not (any more), who must not for a conflict of
    interest that came later, or who are away past the due date without a deputy. Where a lead
    decides after two disputes, the lead has it.
    """
    away = _away_without_deputy(clock.today())
    is_able = exists().where(
        Assignment.proposal_id == Proposal.id,
        Assignment.ended_at.is_(None),
        Assignment.reviewer_id.in_(_able()),
        ~has_conflict(Assignment.reviewer_id),
        ~_is_away(away),
    )
    rows = found(scope.select().where(Proposal.state == State.IN_REVIEW, ~is_able))
    ids = [row.case.id for row in rows]
    of_leads = cases_for_the_lead(select(Proposal.id).where(Proposal.id.in_(ids)), None)
    assigned = _assigned(ids)
    return [
        _finding(row.case, assigned.get(row.case.id, []), away)
        for row in rows
        if row.case.id not in of_leads
    ]


def _able() -> Any:
    return reviewers().with_only_columns(User.id).order_by(None)


def _away_without_deputy(day: date) -> dict[int, date]:
    """Last day away of everybody who is away without a deputy (代理のいない不在), by user id."""
    rows = db.session.scalars(
        select(Absence)
        .where(Absence.covers(day))
        .options(joinedload(Absence.deputy))
        .order_by(Absence.id)
    )
    absences = {row.user_id: row for row in rows}
    return {
        user_id: row.ends_on
        for user_id, row in absences.items()
        if present_deputy(user_id, absences) is None
    }


def _is_away(away: Mapping[int, date]) -> ColumnElement[bool]:
    """Condition for assignments of people who are away past the due date of the case."""
    return or_(
        Assignment.id.is_(None),
        *(
            and_(Assignment.reviewer_id == user_id, Proposal.due_on <= last)
            for user_id, last in away.items()
        ),
    )


def _assigned(ids: list[int]) -> dict[int, list[_Reviewer]]:
    """Reviewers in force of each case."""
    rows = db.session.execute(
        select(
            Assignment.proposal_id,
            User.id,
            User.display_name,
            is_active_today(),
            has_conflict(Assignment.reviewer_id),
        )
        .join(Assignment.reviewer)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(Assignment.proposal_id.in_(ids), Assignment.ended_at.is_(None))
        .order_by(Assignment.id)
    )
    assigned: dict[int, list[_Reviewer]] = {}
    for case_id, user_id, name, is_active, in_conflict in rows:
        reviewer = _Reviewer(user_id, name, is_active, in_conflict)
        assigned.setdefault(case_id, []).append(reviewer)
    return assigned


def _why_not(reviewer: _Reviewer, away: Mapping[int, date]) -> str:
    """Why a reviewer cannot do the case (仕分けができないわけ), with the name."""
    if not reviewer.is_active:
        return f"{reviewer.name}の利用の停止"
    if reviewer.has_conflict:
        return f"{reviewer.name}の利益相反"
    if reviewer.id in away:
        return f"{reviewer.name}が{format_date(away[reviewer.id])}まで不在・代理なし"
    return f"{reviewer.name}の役割の変更"


def _finding(case: CaseRow, assigned: list[_Reviewer], away: Mapping[int, date]) -> CaseFinding:
    if not assigned:
        return CaseFinding(
            kind=CaseKind.NO_HOLDER,
            cases=(case,),
            what="担当なし",
            todo="総括が担当を割り当てる",
            remedy=page_of(case, "担当を割り当てる", "triage.assign", *LEADS),
        )
    said = [_why_not(reviewer, away) for reviewer in assigned]
    place = Place(
        label="仕事を引き継ぐ", endpoint="triage.hand_over", arguments={"user_id": assigned[0].id}
    )
    return CaseFinding(
        kind=CaseKind.NO_HOLDER,
        cases=(case,),
        what=f"担当の{'、'.join(said)}",
        todo="総括がほかの担当に引き継ぐか、代理を決める",
        remedy=Remedy(place=place, roles=LEADS),
    )
