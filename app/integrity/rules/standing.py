"""Whether clocks and hand-offs stand as the state of the case has it (期限・送付)."""

from sqlalchemy import Connection, Select, case, exists, null, or_, select

from app.discrepancies.cases.clocks import HAS_ODD_CLOCK, HAS_ODD_DATE, RUNNING_CLOCK
from app.discrepancies.cases.handoffs import OVER, SENT_AND_OPEN
from app.handoffs.models import BodyView, Handoff
from app.integrity.findings import Tally
from app.integrity.snapshot import stream
from app.proposals.models import CaseClock, Proposal
from app.reports.backlog.whose_move import kind_of_holder
from app.workflow.handoffs import OPEN_HANDOFF_STATES, OWED_HANDOFF_STATES, HandoffState
from app.workflow.states import State
from app.workflow.terms import Term

TODO = "その案件の履歴とそのときのログを添えて、開発した側に知らせてください"
WAS_ACKNOWLEDGED = (HandoffState.ACKNOWLEDGED, HandoffState.ANSWERED, HandoffState.SETTLED)


def look_at_clocks(connection: Connection, tally: Tally) -> None:
    """Compare the running clock of every case with its state and its date (期限の時計)."""
    tally.look(_number_of(connection, select(Proposal.id)))
    for condition, what in (
        (HAS_ODD_CLOCK, "期限の時計が状態に合わない"),
        (HAS_ODD_DATE, "案件の期限と、動いている時計の期限が違う"),
    ):
        for case_id, number in stream(connection, _cases().where(condition)):
            tally.add(f"案件 {number or f'（{case_id}番）'}", what, TODO)


def look_at_holders(connection: Connection, tally: Tally) -> None:
    """Compare whose move each case is by the rule with what is kept beside it (持ち主の控え)."""
    tally.look(_number_of(connection, select(Proposal.id)))
    is_other = Proposal.holder_kind.is_distinct_from(kind_of_holder())
    for case_id, number in stream(connection, _cases().where(is_other)):
        what = "控えた持ち主の種類が、担当・時計・送付から決まるものと違う"
        tally.add(f"案件 {number or f'（{case_id}番）'}", what, TODO)


def look_at_handoffs(connection: Connection, tally: Tally) -> None:
    """Compare hand-offs with their own dates, and with the case and its clock (送付)."""
    tally.look(_number_of(connection, select(Handoff.id)))
    for condition, what in (
        (
            Handoff.state.in_(SENT_AND_OPEN) & Handoff.sent_at.is_(None),
            "送付中なのに、送付の日時がない",
        ),
        (
            Handoff.state.in_(WAS_ACKNOWLEDGED)
            & Handoff.acknowledged_at.is_(None)
            & (Handoff.state != HandoffState.SETTLED),
            "受領の後の状態なのに、受領の日時がない",
        ),
        (
            Proposal.state.in_(OVER) & Handoff.state.in_(OPEN_HANDOFF_STATES),
            "案件は終わっているのに、送付が終わっていない",
        ),
    ):
        found = (
            select(Handoff.id, Proposal.receipt_number)
            .join(Proposal, Proposal.id == Handoff.proposal_id)
            .where(condition)
        )
        for handoff_id, number in stream(connection, found):
            tally.add(f"案件 {number} の送付（{handoff_id}番）", what, TODO)
    for case_id, number in stream(connection, _of_other_clock()):
        tally.add(
            f"案件 {number or f'（{case_id}番）'}", "期限の時計が、送付の状況に合わない", TODO
        )


def _of_other_clock() -> Select[int, str | None]:
    """Classified cases whose clock is not the one that their hand-offs ask for (送付に従う期限)."""
    own = Handoff.proposal_id == Proposal.id
    owing = exists().where(own, Handoff.state.in_(OWED_HANDOFF_STATES), Handoff.due_on.is_not(None))
    awaited = exists().where(
        BodyView.proposal_id == Proposal.id,
        BodyView.filed_at.is_(None),
        BodyView.lapsed_at.is_(None),
    )
    answered = exists().where(
        own, Handoff.state == HandoffState.ANSWERED, Handoff.due_on.is_not(None)
    )
    is_ministry = CaseClock.term.in_((Term.ACKNOWLEDGEMENT, Term.REPLY))
    fits = case(
        (owing, is_ministry),
        (awaited, CaseClock.term == Term.VIEW),
        (answered, CaseClock.term == Term.SETTLEMENT),
        else_=CaseClock.term.is_(null()),
    )
    return _cases().where(Proposal.state == State.CLASSIFIED, or_(fits.is_(None), ~fits))


def _cases() -> Select[int, str | None]:
    return (
        select(Proposal.id, Proposal.receipt_number)
        .select_from(Proposal)
        .outerjoin(CaseClock, RUNNING_CLOCK)
        .order_by(Proposal.id)
    )


def _number_of(connection: Connection, statement: Select[int]) -> int:
    return sum(1 for _row in stream(connection, statement))
