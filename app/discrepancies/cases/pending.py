"""Pending cases that nobody will look at again in time (見直されないペンディング)."""

from datetime import date
from typing import Any

from sqlalchemy import or_

from app.accounts.models import User
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.discrepancies.cases.findings import CaseFinding, CaseKind, page_of
from app.discrepancies.cases.scope import Found, Scope, found
from app.proposals.models import Proposal
from app.proposals.queries import has_conflict
from app.triage.queries import reviewers
from app.workflow.states import State


def find_pending(scope: Scope) -> list[CaseFinding]:
    """Find pending cases that nobody is to look at again, or not in time (見直し).

    There is no owner, or one who may not or must not. Or the date is over, or lies in a year whose
    holidays are not known yet. That there is a date the database sees to.
    """
    today, last_day = clock.today(), date(office_calendar().last_valid_year, 12, 31)
    has_owner = Proposal.pending_owner_id.in_(_able())
    in_conflict = has_conflict(Proposal.pending_owner_id)
    rows = found(
        scope.select(Proposal.pending_owner_id, has_owner, in_conflict).where(
            Proposal.state == State.PENDING,
            or_(
                Proposal.pending_owner_id.is_(None),
                ~has_owner,
                in_conflict,
                Proposal.due_on < today,
                Proposal.due_on > last_day,
            ),
        )
    )
    return [_finding(row, today, last_day) for row in rows]


def _able() -> Any:
    return reviewers().with_only_columns(User.id).order_by(None)


def _finding(row: Found, today: date, last_day: date) -> CaseFinding:
    owner_id, has_owner, in_conflict = row.more
    said, due_on = [], row.case.due_on
    if owner_id is None:
        said.append("持ち主なし")
    elif not has_owner:
        said.append("持ち主の利用の停止か役割の変更")
    elif in_conflict:
        said.append("持ち主の利益相反")
    if due_on is not None and due_on < today:
        said.append(f"見直し日（{format_date(due_on)}）の超過")
    if due_on is not None and due_on > last_day:
        said.append(f"祝日が決まっていない年の見直し日（{format_date(due_on)}）")
    return CaseFinding(
        kind=CaseKind.PENDING,
        cases=(row.case,),
        what="、".join(said),
        todo="仕分けを再開して分類を決めるか、持ち主と見直し日を決めて保留し直す",
        remedy=page_of(row.case, "仕分けを再開する", "triage.resume"),
    )
