"""What guards a thread and what it leaves behind (相談の状態): version, state, trace."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.consultations.models import Consultation
from app.core.errors import IllegalTransition, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db

ENDED = "この相談は終わっているため、書き足せません。続きは、新しい相談として書いてください。"


def check_version(consultation: Consultation, version: int) -> None:
    """Lock the thread; refuse a command made from an older version of it (P05).

    Raises StaleVersion.
    """
    present = db.session.scalar(
        select(Consultation.version).where(Consultation.id == consultation.id).with_for_update()
    )
    if not consultation.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def check_going_on(consultation: Consultation) -> None:
    """Refuse to add to a thread that was ended or became a draft. Raises IllegalTransition."""
    if not consultation.is_going_on:
        raise IllegalTransition(ENDED)


def keep_trace(
    consultation: Consultation,
    verb: str,
    actor: User,
    *,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Write the entry of an act into the trail (監査記録): ids and digests, never a text."""
    db.session.flush()
    record(
        f"consultation.{verb}",
        Subject(type="consultation", id=consultation.id, version=consultation.version),
        actor=actor,
        reason=reason,
        changes={"messages": len(consultation.messages), **(changes or {})},
    )
