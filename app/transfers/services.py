"""Handing over and receiving (授受、受領): every hand-over is confirmed, or stands on a list."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organization, Role, User
from app.accounts.queries import users_of_body, users_with_role
from app.audit.services import Subject, record
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.core.errors import IllegalTransition
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.notifications.news_checks import news_check
from app.notifications.services import enqueue
from app.proposals.clocks import calendar_of_holder
from app.proposals.models import Proposal
from app.proposals.moves import when_moved
from app.proposals.queries import BODY_ROLES
from app.rounds.letters import write_in_round
from app.transfers.labels import KIND_LABELS, SECRETARIAT
from app.transfers.models import Transfer, TransferKind
from app.transfers.parts import digest_of
from app.transfers.policy import authorize_confirm
from app.transfers.queries import TO_BODIES, is_waiting, transfers_for, unconfirmed_overdue
from app.workflow.states import State
from app.workflow.terms import Holder, Term

SUBJECT_TYPE = "transfer"
REMINDER = "transfer_unconfirmed"
ESCALATION = "transfers_late"
ESCALATED_AFTER = 3  # office days past the due date
LISTED = 50
CANCELLED = "この授受は、渡した側が取り下げました。受領は要りません。"
ALREADY = "この授受は、すでに受領されています。"


def open_transfer(
    kind: TransferKind,
    proposal: Proposal,
    source_id: int,
    parts: Sequence[dict[str, Any]],
    *,
    from_body_id: int,
    actor: User,
) -> Transfer:
    """Write down what was handed over, for the other side to receive (授受の記録).

    Due in the office days of an acknowledgement (受領), by the calendar of whoever receives it.
    """
    is_to_body = kind in TO_BODIES
    digest, now = digest_of(parts), clock.now()
    holder = Holder.PROPOSER if is_to_body else Holder.SECRETARIAT
    days = proposal.round.office_days(Term.ACKNOWLEDGEMENT)
    transfer = Transfer(
        number=number_of(kind, proposal.id, source_id, digest),
        kind=kind,
        proposal_id=proposal.id,
        source_id=source_id,
        from_body_id=from_body_id,
        to_body_id=proposal.organization_id if is_to_body else None,
        sent_by_id=actor.id,
        sent_at=now,
        parts=list(parts),
        digest=digest,
        due_on=calendar_of_holder(proposal, holder).add_office_days(clock.to_jst(now).date(), days),
    )
    db.session.add(transfer)
    db.session.flush()
    return transfer


def confirm_transfer(transfer: Transfer, *, actor: User) -> None:
    """Receive what was handed over (受領). Raises NotAllowed, IllegalTransition."""
    authorize_confirm(actor, transfer)
    ends = select(Transfer.confirmed_at, Transfer.cancelled_at).where(Transfer.id == transfer.id)
    confirmed_at, cancelled_at = db.session.execute(ends.with_for_update()).one()
    if confirmed_at is not None or cancelled_at is not None:
        raise IllegalTransition(CANCELLED if confirmed_at is None else ALREADY)
    transfer.confirmed_by_id, transfer.confirmed_at = actor.id, clock.now()
    db.session.flush()
    _record("confirm", transfer, actor)


def receive_by_act(
    kind: TransferKind, proposal: Proposal, *, actor: User, source_ids: Collection[int] = ()
) -> None:
    """Take as received what the receiving side has answered (応答による受領).

    All open hand-overs of that kind of the case, or those of the sources alone. The act that
    answers stands in the trail, and tells of both.
    """
    open_ones = select(Transfer).where(
        Transfer.proposal_id == proposal.id,
        Transfer.kind == kind,
        is_waiting(),
    )
    if source_ids:
        open_ones = open_ones.where(Transfer.source_id.in_(source_ids))
    for transfer in db.session.scalars(open_ones.with_for_update(of=Transfer)).unique():
        transfer.confirmed_by_id, transfer.confirmed_at = actor.id, clock.now()
    db.session.flush()


@when_moved
def receive_return(proposal: Proposal, actor: User | None, left: str | None) -> None:
    """Take a return as received when its body moves the case on: corrected, or withdrawn.

    Where somebody else does (an act taken back, a merger), there is nothing to receive any more.
    None waits but while the case stands returned.
    """
    if left != State.RETURNED or proposal.state is State.RETURNED:
        return
    if actor is not None and actor.has_role(*BODY_ROLES):
        receive_by_act(TransferKind.RETURN, proposal, actor=actor)
    else:
        _cancel_returns(proposal, actor)


def _cancel_returns(proposal: Proposal, actor: User | None) -> None:
    statement = select(Transfer).where(
        Transfer.proposal_id == proposal.id, Transfer.kind == TransferKind.RETURN, is_waiting()
    )
    for transfer in db.session.scalars(statement.with_for_update(of=Transfer)).unique():
        transfer.cancelled_at = clock.now()
        _record("cancel", transfer, actor)
    db.session.flush()


def remind_unconfirmed(moment: datetime) -> int:
    """Remind once of what is past its date (受領の催促); how many are new.

    It stands on the list of the overdue from that date on, reminded of or not. Bodies get a letter;
    the desk has replies in its daily digest already (回答の確認). Nothing on closed days; a
    practice round (練習) writes to nobody.
    """
    if not office_calendar().is_office_day(clock.to_jst(moment).date()):
        return 0
    statement = unconfirmed_overdue().where(Transfer.reminded_at.is_(None))
    found = list(db.session.scalars(statement).unique())
    for transfer in found:
        transfer.reminded_at = moment
        if transfer.to_body_id is not None:
            _remind(transfer)
        _record("remind", transfer, None)
    db.session.flush()
    return len(found)


def escalate_unconfirmed(moment: datetime) -> int:
    """Put what nobody received up to the leads (総括への報告); how many are new.

    Three office days past the date, when the reminder did not help; each once. A lead gets one
    letter of those of the cases a lead may know of. Nothing on closed days.
    """
    calendar, today = office_calendar(), clock.to_jst(moment).date()
    if not calendar.is_office_day(today):
        return 0
    statement = unconfirmed_overdue().where(
        Transfer.reminded_at.is_not(None), Transfer.escalated_at.is_(None)
    )
    found = [
        row
        for row in db.session.scalars(statement).unique()
        if calendar.signed_office_days(today, row.due_on) <= -ESCALATED_AFTER
    ]
    for transfer in found:
        transfer.escalated_at = moment
        _record("escalate", transfer, None)
    db.session.flush()
    told = {row.id for row in found if not row.proposal.round.is_practice}
    for lead in db.session.scalars(users_with_role(Role.LEAD)) if told else ():
        _tell_lead(lead, told, today)
    return len(found)


def _tell_lead(lead: User, ids: Collection[int], today: date) -> None:
    statement = transfers_for(lead).where(Transfer.id.in_(ids)).order_by(Transfer.due_on)
    late = list(db.session.scalars(statement.order_by(Transfer.id)).unique())
    lines = [_late_line(row) for row in late[:LISTED]]
    if len(late) > LISTED:
        lines.append(f"ほか{len(late) - LISTED}件")
    if lines:
        enqueue(
            ESCALATION,
            [lead],
            key=f"{ESCALATION}:{today.isoformat()}",
            path="/transfers?show=escalated",
            about=Subject(type="user", id=lead.id),
            transfers=len(late),
            lines="\n".join(lines),
        )


def _late_line(row: Transfer) -> str:
    receiver = row.to_body.name if row.to_body else SECRETARIAT
    words = f"{KIND_LABELS[row.kind]}（受け取る側 {receiver}）"
    return f"・{row.proposal.reference}　{words}　受領の期限 {format_date(row.due_on)}"


@news_check(REMINDER)
def is_still_unconfirmed(message: OutboxMessage) -> bool:
    """Whether the body has anything of the case to receive yet (催促の鮮度)."""
    waiting = select(Transfer.id).where(
        Transfer.proposal_id == message.about_id,
        Transfer.kind.in_(TO_BODIES),
        is_waiting(),
    )
    return db.session.scalars(waiting).first() is not None


def number_of(kind: TransferKind, proposal_id: int, source_id: int, digest: str) -> str:
    """Number of a hand-over (受領番号), `3F9A-2C41-77B0`: no count, so it tells of no other one."""
    words = f"{kind.value}:{proposal_id}:{source_id}:{digest}".encode()
    found = hashlib.sha256(words).hexdigest()[:12].upper()
    return f"{found[:4]}-{found[4:8]}-{found[8:]}"


def _remind(transfer: Transfer) -> None:
    write_in_round(
        transfer.proposal.round,
        REMINDER,
        db.session.scalars(users_of_body(_receiving_body(transfer).id, *BODY_ROLES)),
        key=f"{REMINDER}:{transfer.number}",
        path=f"/transfers/{transfer.number}",
        about=Subject(type="proposal", id=transfer.proposal_id),
        reference=transfer.proposal.reference,
        number=transfer.number,
    )


def _receiving_body(transfer: Transfer) -> Organization:
    return transfer.proposal.organization.acting_on(clock.today())


def _record(act: str, transfer: Transfer, actor: User | None) -> None:
    record(
        f"{SUBJECT_TYPE}.{act}",
        Subject(type="proposal", id=transfer.proposal_id),
        actor=actor,
        changes={"transfer": transfer.number, "kind": transfer.kind.value},
    )
