"""Queueing mail (送信箱への登録); sending is the job of the outbox."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from app.accounts.models import User
from app.audit.services import Subject
from app.core import clock
from app.core.letterhead import absolute_url, office_contact, office_name
from app.extensions import db
from app.notifications.letters import write_letter
from app.notifications.models import DeliveryStatus, LetterSetting, OutboxMessage

MESSAGE_ID_DOMAIN = "kyotsu-triage.invalid"
ASKED_AT_ONCE = 500  # keys of one question
FEW = 10  # readers for whom the INSERT alone tells who knows already


def enqueue(
    letter: str,
    recipients: Iterable[User],
    *,
    key: str,
    path: str,
    about: Subject | None = None,
    is_held: bool = False,
    valid_until: datetime | None = None,
    round_key: str = "",
    **words: object,
) -> int:
    """Queue a letter to each recipient (送信箱), one message each; return how many are new.

    `key` names the news: the same key never reaches the same person twice (P09). `path` is the page
    that the letter points to, `about` what it tells of. A held one waits until a person lets it go,
    and so does one whose kind is checked before it goes out (送信前に確認する); after `valid_until`
    it is dropped unsent. Raises UnfinishedLetter when a word of the letter is missing.
    """
    shared = {
        "letter": letter,
        "path": path,
        "about_type": about.type if about else "",
        "about_id": about.id if about else None,
        "valid_until": valid_until,
        "round_key": round_key,
        **_first_standing(is_held or is_held_by_rule(letter)),
    }
    readers = {f"{key}:{recipient.id}": recipient for recipient in recipients}
    # A job tells many the same at every tick: no letter is written for those who know already.
    for known in _known_among(list(readers)) if len(readers) > FEW else ():
        del readers[known]
    messages = []
    for dedupe_key, recipient in readers.items():
        subject, body = compose(letter, f"{recipient.label} 様", path=path, **words)
        messages.append(_message(dedupe_key, recipient, subject, body) | shared)
    return _add_new(messages)


def _first_standing(waits: bool) -> dict[str, Any]:
    now = clock.now()
    status = DeliveryStatus.HELD if waits else DeliveryStatus.QUEUED
    return {"status": status, "created_at": now, "next_try_at": None if waits else now}


def _message(dedupe_key: str, recipient: User, subject: str, body: str) -> dict[str, Any]:
    return {
        "dedupe_key": dedupe_key,
        "recipient_id": recipient.id,
        "subject": subject,
        "body": body,
        "message_id": _message_id(dedupe_key),
    }


def _add_new(messages: Sequence[Mapping[str, Any]]) -> int:
    """Put messages into the outbox but those whose key is there; return how many are new.

    The database tells which are, also where another transaction queues the same news meanwhile.
    """
    if not messages:
        return 0
    db.session.flush()
    insert = _insert_of(db.session.get_bind().dialect.name)
    return len(db.session.connection().execute(insert, messages).all())


@cache
def _insert_of(dialect: str) -> ReturningInsert[int]:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(OutboxMessage).on_conflict_do_nothing().returning(OutboxMessage.id)


def is_held_by_rule(letter: str) -> bool:
    """Whether letters of this kind wait for a person (送信前に確認する)."""
    setting = db.session.get(LetterSetting, letter)
    return setting is not None and setting.is_held


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


def _known_among(keys: Sequence[str]) -> list[str]:
    """Which of these keys are queued already; a few questions for however many."""
    known: list[str] = []
    for start in range(0, len(keys), ASKED_AT_ONCE):
        asked = OutboxMessage.dedupe_key.in_(keys[start : start + ASKED_AT_ONCE])
        known += db.session.scalars(select(OutboxMessage.dedupe_key).where(asked))
    return known


def _message_id(dedupe_key: str) -> str:
    digest = hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]
    return f"<{digest}@{MESSAGE_ID_DOMAIN}>"
