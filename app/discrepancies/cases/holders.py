"""Whose move the found cases are (今の持ち主), for all of them at once."""

from collections.abc import Iterable

from sqlalchemy import select

from app.accounts.models import User
from app.discrepancies.cases.scope import CaseRow
from app.extensions import db
from app.proposals.models import Proposal
from app.reports.backlog.history import cases_for_the_lead, reviewers_at
from app.reports.backlog.rows import FORM_CHECKERS, LEADS
from app.workflow.states import State

NOBODY = "なし（終了）"
OVER = (State.CLOSED, State.WITHDRAWN, State.MERGED)
NAMED = (State.IN_REVIEW, State.IN_CONFIRMATION, State.PENDING)


def holders_of(cases: Iterable[CaseRow]) -> dict[int, str]:
    """Holder of each case in words, by its id; the same as in the report of the backlog."""
    known = {case.id: case for case in cases}
    of_desk = select(Proposal.id).where(
        Proposal.id.in_([case.id for case in known.values() if case.state in NAMED])
    )
    reviewers = reviewers_at(of_desk, None)
    of_leads = cases_for_the_lead(of_desk, None)
    owners = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Proposal.id, User.display_name)
            .join(User, User.id == Proposal.pending_owner_id)
            .where(Proposal.id.in_(of_desk), Proposal.state == State.PENDING)
        )
    }
    named = {
        case_id: "、".join(holder.name for holder in holders)
        for case_id, holders in reviewers.items()
        if not (case_id in of_leads and known[case_id].state is State.IN_REVIEW)
    }
    words = named | owners
    return {case.id: _of_state(case) or words.get(case.id, LEADS.name) for case in known.values()}


def _of_state(case: CaseRow) -> str:
    """The holder where the state alone tells it, "" else."""
    if case.state in OVER:
        return NOBODY
    if case.state is State.RETURNED:
        return case.body_name
    return FORM_CHECKERS.name if case.state is State.SUBMITTED else ""
