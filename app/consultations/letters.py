"""Letters about threads (相談の知らせ): number and link, no word of what was said."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from app.accounts.models import User
from app.audit.services import Subject
from app.consultations.models import Consultation
from app.consultations.queries import has_conflict, visible_to
from app.extensions import db
from app.notifications.news_checks import hides
from app.rounds.letters import write_in_round


def tell(letter: str, consultation: Consultation, recipients: Iterable[User]) -> None:
    """Queue a letter about the latest message (事前相談の知らせ)."""
    write_in_round(
        consultation.round,
        letter,
        recipients,
        key=f"{letter}:{consultation.number}:{len(consultation.messages)}",
        path=f"/consultations/{consultation.number}",
        about=Subject(type="consultation", id=consultation.id),
        number=consultation.number,
        body_name=consultation.organization.name,
    )


def letter_recipients(consultation: Consultation, users: Iterable[User]) -> list[User]:
    """Those of the users who may know of the thread (利益相反を除く)."""
    is_this = Consultation.id == consultation.id
    return [
        user
        for user in users
        if db.session.scalar(select(Consultation.id).where(is_this, visible_to(user))) is not None
    ]


@hides("consultation")
def hidden_threads(reader: User) -> Select[int]:
    """Ids of the threads that a person has a conflict of interest with today (利益相反)."""
    return select(Consultation.id).where(has_conflict(reader.id))
