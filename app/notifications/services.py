"""Queueing mail (送信箱への登録); sending is the job of the outbox."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject
from app.core import clock
from app.core.letterhead import absolute_url, office_contact, office_name
from app.extensions import db
from app.notifications.letters import write_letter
from app.notifications.models import DeliveryStatus, OutboxMessage

MESSAGE_ID_DOMAIN = "kyotsu-triage.invalid"


def enqueue(
    letter: str,
    recipients: Iterable[User],
    *,
    key: str,
    path: str,
    about: Subject | None = None,
    is_held: bool = False,
    valid_until: datetime | None = None,
    **words: object,
) -> int:
    """Queue a letter to each recipient (送信箱), one message each; return how many are new.

    `key` names the news: the same key never reaches the same person twice (P09). `path` is the page
    that the letter points to, `about` what it tells of. A held one waits until a person lets it go;
    after `valid_until` it is dropped unsent.
    """
    added = 0
    for recipient in recipients:
        dedupe_key = f"{key}:{recipient.id}"
        if _is_known(dedupe_key):
            continue
        subject, body = compose(letter, f"{recipient.label} 様", path=path, **words)
        db.session.add(
            OutboxMessage(
                dedupe_key=dedupe_key,
                recipient_id=recipient.id,
                letter=letter,
                path=path,
                about_type=about.type if about else "",
                about_id=about.id if about else None,
                valid_until=valid_until,
                subject=subject,
                body=body,
                message_id=_message_id(dedupe_key),
                status=DeliveryStatus.HELD if is_held else DeliveryStatus.QUEUED,
                created_at=clock.now(),
            )
        )
        added += 1
    return added


def compose(letter: str, greeting: str, *, path: str, **words: object) -> tuple[str, str]:
    """Return subject and body of a letter (メールの文面), as it would go out now."""
    return write_letter(
        letter,
        greeting=greeting,
        url=absolute_url(path),
        office=office_name(),
        contact=office_contact(),
        **words,
    )


def _is_known(dedupe_key: str) -> bool:
    return (
        db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == dedupe_key))
        is not None
    )


def _message_id(dedupe_key: str) -> str:
    digest = hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]
    return f"<{digest}@{MESSAGE_ID_DOMAIN}>"
