"""Letters from the desk of a ministry (府省庁の知らせ): a number and a link, no text of a case."""

from collections.abc import Iterable
from typing import Any

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.audit.services import Subject
from app.extensions import db
from app.handoffs.models import Handoff
from app.rounds.letters import write_in_round


def tell_ministry(handoff: Handoff, letter: str, people: Iterable[User], *, key: str) -> None:
    """Write to people of the ministry about one of its hand-offs (府省庁への知らせ)."""
    _tell(handoff, letter, people, key=key, path=f"/handoffs/{handoff.id}")


def tell_office(handoff: Handoff, letter: str, people: Iterable[User], *, key: str) -> None:
    """Write to people of the secretariat what a ministry did (事務局への知らせ)."""
    _tell(
        handoff,
        letter,
        people,
        key=key,
        path=f"/proposals/{handoff.proposal.receipt_number}/handoffs",
        destination=handoff.destination.name,
    )


def office_of(handoff: Handoff) -> list[User]:
    """Who hears of a hand-off in the secretariat: who prepared and sent it (送付した担当)."""
    officers = db.session.scalars(users_with_role(Role.OFFICER, Role.LEAD))
    wanted = {handoff.prepared_by_id, handoff.sent_by_id}
    return [user for user in officers if user.id in wanted]


def leads() -> list[User]:
    """The leads (総括)."""
    return list(db.session.scalars(users_with_role(Role.LEAD)))


def _tell(
    handoff: Handoff,
    letter: str,
    people: Iterable[User],
    *,
    key: str,
    path: str,
    **words: Any,
) -> None:
    write_in_round(
        handoff.proposal.round,
        letter,
        people,
        key=f"{letter}:{handoff.id}:{key}",
        path=path,
        about=Subject(type="proposal", id=handoff.proposal_id),
        reference=handoff.proposal.reference,
        **words,
    )
