"""Sending the receipt again (受付通知の再送)."""

from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.audit.services import Subject, record
from app.core.errors import IllegalTransition, NotAllowed
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.policy import EDIT_REFUSED, can_edit
from app.proposals.services.submission import acknowledge

RESENT = "proposal.resend_receipt"
NOT_RECEIVED = "まだ提出していないため、受付の知らせはありません。"
NO_MAIL = "練習用の募集回では、メールの知らせを送りません。"


def resend_receipt(proposal: Proposal, *, actor: User) -> None:
    """Queue the receipt once more for the person who asks (受付通知の再送).

    Raises NotAllowed, and IllegalTransition for a proposal that has no receipt number.
    """
    if not can_edit(actor, proposal):
        raise NotAllowed(EDIT_REFUSED)
    if proposal.receipt_number is None or proposal.submitted_at is None:
        raise IllegalTransition(NOT_RECEIVED)
    if proposal.round.is_practice:
        raise IllegalTransition(NO_MAIL)
    times = db.session.scalar(
        select(func.count()).where(
            AuditEvent.verb == RESENT,
            AuditEvent.subject_type == "proposal",
            AuditEvent.subject_id == proposal.id,
        )
    )
    acknowledge(proposal, [actor], key=f"receipt:{proposal.receipt_number}:again:{times}")
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    record(RESENT, subject, actor=actor)
