"""Cases whose clock does not fit their state, or whose date is not the clock's (期限の時計)."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_

from app.core.eras import format_date
from app.discrepancies.cases.findings import LEADS, CaseFinding, CaseKind, page_of
from app.discrepancies.cases.scope import CaseRow, Scope, found
from app.proposals.models import CaseClock, Proposal
from app.workflow.states import State
from app.workflow.terms import STATE_CLOCKS, Term

HAS_TERM = Proposal.state.in_(list(STATE_CLOCKS))
TELL = "期限の履歴を確かめる。画面からは直せないため、システム管理に伝える"
LOOK = "期限の履歴を見る"
IS_RUNNING = CaseClock.id.is_not(None)
# The clock of a classified case says whose move its hand-offs are (送付に従う期限).
HANDOFF_TERMS = (Term.ACKNOWLEDGEMENT, Term.REPLY, Term.VIEW, Term.SETTLEMENT)
FOLLOWS_HANDOFFS = and_(Proposal.state == State.CLASSIFIED, CaseClock.term.in_(HANDOFF_TERMS))
# How the running clock of a case is joined to it (動いている時計).
RUNNING_CLOCK = and_(CaseClock.proposal_id == Proposal.id, CaseClock.ended_at.is_(None))
IS_OF_OTHER_TERM = or_(
    *(
        and_(Proposal.state == state, CaseClock.term != expected.term)
        for state, expected in STATE_CLOCKS.items()
    )
)
# The rules themselves, of a case outer-joined with its running clock (規則).
HAS_ODD_CLOCK = or_(
    and_(HAS_TERM, ~IS_RUNNING),
    and_(~HAS_TERM, IS_RUNNING, ~FOLLOWS_HANDOFFS),
    and_(HAS_TERM, IS_OF_OTHER_TERM),
)
HAS_ODD_DATE = or_(
    and_(IS_RUNNING, Proposal.due_on.is_distinct_from(CaseClock.due_on)),
    # Without a clock where one has to run, the other rule has named it already.
    and_(~IS_RUNNING, ~HAS_TERM, Proposal.due_on.is_not(None)),
)


def find_clocks(scope: Scope) -> list[CaseFinding]:
    """Find states with a term and no clock, and clocks that are not of the state (時計の有無)."""
    rows = found(_with_clock(scope, CaseClock.id).where(HAS_ODD_CLOCK))
    return [
        CaseFinding(
            kind=CaseKind.CLOCK,
            cases=(row.case,),
            what=_what(is_running=row.more[0] is not None, has_term=row.case.state in STATE_CLOCKS),
            todo=TELL,
            remedy=page_of(row.case, LOOK, "casework.deadlines"),
        )
        for row in rows
    ]


def find_due_dates(scope: Scope) -> list[CaseFinding]:
    """Find cases whose due date is not that of the running clock (期限の食い違い)."""
    rows = found(_with_clock(scope, CaseClock.due_on).where(HAS_ODD_DATE))
    return [_due_date_finding(row.case, row.more[0]) for row in rows]


def _due_date_finding(case: CaseRow, running: date | None) -> CaseFinding:
    if running is None:
        todo, remedy = TELL, page_of(case, LOOK, "casework.deadlines")
    elif case.state is State.PENDING:
        # A revisit date is never extended: it is named anew when the case is put off again.
        todo = "仕分けを再開して分類を決めるか、見直し日を決めて保留し直す"
        remedy = page_of(case, "仕分けを再開する", "triage.resume")
    else:
        todo = "総括が期限の延長で付け直す"
        remedy = page_of(case, "期限を付け直す", "deadlines.extend", *LEADS)
    return CaseFinding(
        kind=CaseKind.DUE_DATE,
        cases=(case,),
        what=f"案件の期限は{_day(case.due_on)}、時計の期限は{_day(running)}",
        todo=todo,
        remedy=remedy,
    )


def _with_clock(scope: Scope, column: Any) -> Select[Any]:
    return scope.select(column).outerjoin(CaseClock, RUNNING_CLOCK)


def _what(*, is_running: bool, has_term: bool) -> str:
    if not is_running:
        return "期限の時計なし"
    return "状態と違う期限の時計" if has_term else "期限のない状態で動いている時計"


def _day(day: date | None) -> str:
    return format_date(day) if day else "なし"
