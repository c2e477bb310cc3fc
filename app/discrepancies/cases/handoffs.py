"""Hand-offs that do not fit their case, or that nobody goes on with (送付の点検)."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from app.accounts.models import Organization
from app.core import clock
from app.core.closing_days import office_calendar
from app.discrepancies.cases.findings import CaseFinding, CaseKind, page_of
from app.discrepancies.cases.scope import CaseRow, Found, Scope, found
from app.handoffs.models import Handoff
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.workflow.handoffs import OPEN_HANDOFF_STATES, HandoffState
from app.workflow.states import FollowUp, State

OVER = (State.CLOSED, State.WITHDRAWN, State.MERGED)
SENT_AND_OPEN = (HandoffState.SENT, HandoffState.ACKNOWLEDGED, HandoffState.ANSWERED)
HANDED = (FollowUp.INFORM, FollowUp.HANDOFF)
LONGEST_WITHOUT = 10  # office days from the class on
TELL = "履歴を確かめる。画面からは直せないため、システム管理に伝える"
PAGE = "case_handoffs.show"
LOOK = "送付・回答を開く"


def find_handoff_dates(scope: Scope) -> list[CaseFinding]:
    """Find hand-offs that are on their way without a date (期限のない送付)."""
    rows = _with_handoff(scope, Handoff.state.in_(SENT_AND_OPEN), Handoff.due_on.is_(None))
    return [
        CaseFinding(
            kind=CaseKind.HANDOFF_DATE,
            cases=(case,),
            what=f"期限のない送付（{names}）",
            todo="期限を付け直す",
            remedy=page_of(case, LOOK, PAGE),
        )
        for case, names in _by_case(rows)
    ]


def find_open_handoffs(scope: Scope) -> list[CaseFinding]:
    """Find cases that are over with a hand-off that is not (終わった案件の送付)."""
    rows = _with_handoff(scope, Proposal.state.in_(OVER), Handoff.state.in_(OPEN_HANDOFF_STATES))
    return [
        CaseFinding(
            kind=CaseKind.HANDOFF_OPEN,
            cases=(case,),
            what=f"終わっていない送付（{names}）",
            todo=TELL,
            remedy=page_of(case, LOOK, PAGE),
        )
        for case, names in _by_case(rows)
    ]


def find_unsettled(scope: Scope) -> list[CaseFinding]:
    """Find replies that nobody settled within the term (確認の期限を過ぎた回答)."""
    rows = _with_handoff(
        scope, Handoff.state == HandoffState.ANSWERED, Handoff.due_on < clock.today()
    )
    return [
        CaseFinding(
            kind=CaseKind.HANDOFF_UNSETTLED,
            cases=(case,),
            what=f"確認の期限を過ぎた回答（{names}）",
            todo="回答を確定するか、再検討を要請する",
            remedy=page_of(case, LOOK, PAGE),
        )
        for case, names in _by_case(rows)
    ]


def find_no_handoff(scope: Scope) -> list[CaseFinding]:
    """Find cases of a class that is handed off without any hand-off for long (送付なし).

    Only in rounds that have hand-offs at all: of an earlier round nothing was kept here.
    """
    lasting = exists().where(
        Handoff.proposal_id == Proposal.id, Handoff.state != HandoffState.RECALLED
    )
    handing = select(Proposal.round_id).where(Proposal.id.in_(select(Handoff.proposal_id)))
    rows = found(
        scope.select().where(
            Proposal.state == State.CLASSIFIED,
            Category.follow_up.in_(HANDED),
            Proposal.round_id.in_(handing),
            ~lasting,
        )
    )
    return [_no_handoff(row.case) for row in rows if _waits_long(row.case)]


def _waits_long(case: CaseRow) -> bool:
    since = clock.to_jst(case.state_since).date()
    return office_calendar().office_days_between(since, clock.today()) > LONGEST_WITHOUT


def _no_handoff(case: CaseRow) -> CaseFinding:
    return CaseFinding(
        kind=CaseKind.NO_HANDOFF,
        cases=(case,),
        what=f"分類{case.category_code}で送付なし",
        todo="所管の府省庁への送付を準備する",
        remedy=page_of(case, "送付を準備する", PAGE),
    )


def _with_handoff(scope: Scope, *conditions: ColumnElement[bool]) -> list[Found]:
    # The body of the case stands in the statement already: the destination needs another name.
    destination = aliased(Organization)
    return found(
        scope.select(destination.name)
        .join(Handoff, Handoff.proposal_id == Proposal.id)
        .join(destination, destination.id == Handoff.destination_id)
        .where(*conditions)
        .order_by(Handoff.id)
    )


def _by_case(rows: Iterable[Found]) -> list[tuple[CaseRow, str]]:
    """Cases with the names of the destinations found of each (府省庁), in their order."""
    names: dict[CaseRow, list[str]] = {}
    for row in rows:
        names.setdefault(row.case, []).append(row.more[0])
    return [(case, "、".join(said)) for case, said in names.items()]
