"""Where the letters about a case are (知らせの送信状況): the secretariat's alone (J6)."""

from typing import NamedTuple

from flask import url_for

from app.accounts.models import Role, User
from app.notifications.labels import STATUS_LABELS, STATUS_TONES
from app.notifications.letter_kinds import label_of
from app.notifications.models import OutboxMessage
from app.notifications.queries import deliveries_about
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat


class DeliveryLine(NamedTuple):
    """One letter to one person, as the page of the case tells of it."""

    message: OutboxMessage
    label: str
    status: str
    tone: str
    # A person has to look after it: it came back, was given up, or is late.
    is_undelivered: bool
    # Page of the message, for those who look after the outbox.
    url: str | None


def deliveries_of(proposal: Proposal, reader: User) -> list[DeliveryLine]:
    """Letters about a case, newest first; none for a body (知らせの送信状況)."""
    if not reads_as_secretariat(reader):
        return []
    minds = reader.has_role(Role.LEAD, Role.ADMIN)
    return [
        _line(message, minds, is_undelivered=is_undelivered)
        for message, is_undelivered in deliveries_about(reader, "proposal", proposal.id)
    ]


def failed_deliveries(proposal: Proposal, reader: User) -> list[DeliveryLine]:
    """Letters about a case that did not arrive: a task for the secretariat (届いていない知らせ)."""
    return [row for row in deliveries_of(proposal, reader) if row.is_undelivered]


def _line(message: OutboxMessage, minds: bool, *, is_undelivered: bool) -> DeliveryLine:
    return DeliveryLine(
        message=message,
        label=label_of(message.letter),
        status=STATUS_LABELS[message.status],
        tone=STATUS_TONES[message.status],
        is_undelivered=is_undelivered,
        url=url_for("notifications.message", message_id=message.id) if minds else None,
    )
