"""Who is away, and who stands in for whom (不在・代理)."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import Role, User
from app.audit.actors import sealed_person
from app.core import clock
from app.core.page_reads import once_a_page
from app.extensions import db
from app.proposals.models import Proposal
from app.triage.models import Absence
from app.triage.queries import current_assignments

REVIEWER_ROLES = (Role.OFFICER, Role.LEAD)


@once_a_page
def absences_on(day: date) -> dict[int, Absence]:
    """Absences that hold on a day, by user id (その日の不在)."""
    rows = db.session.scalars(select(Absence).where(Absence.covers(day)).order_by(Absence.id))
    return {row.user_id: row for row in rows}


def absences_between(first: date, last: date) -> list[Absence]:
    """Absences that touch a period, the earliest first (期間に掛かる不在)."""
    return list(
        db.session.scalars(
            select(Absence)
            .where(
                Absence.cancelled_at.is_(None),
                Absence.starts_on <= last,
                Absence.ends_on >= first,
            )
            .order_by(Absence.starts_on, Absence.id)
        )
    )


def present_deputy(user_id: int, absences: Mapping[int, Absence]) -> User | None:
    """Who stands in for an absent person (今日の代理): A → B → C ends at who is present.

    None where the chain ends in nobody: no deputy named, one who may not work, a ring.
    """
    seen = {user_id}
    deputy = absences[user_id].deputy
    while deputy is not None and deputy.id in absences:
        if deputy.id in seen:
            return None
        seen.add(deputy.id)
        deputy = absences[deputy.id].deputy
    is_able = deputy is not None and deputy.is_active and deputy.has_role(*REVIEWER_ROLES)
    return deputy if is_able else None


def people_acted_for(actor: User) -> list[User]:
    """Absent reviewers whose work the actor may do today (代理をしている人), by id."""
    absences = absences_on(clock.today())
    return [
        absences[user_id].user
        for user_id in sorted(absences)
        if present_deputy(user_id, absences) == actor
    ]


def person_acted_for(actor: User, proposal: Proposal) -> User | None:
    """The absent reviewer of this case the actor stands in for today (代理される人).

    None for a reviewer of the case: who has it in hand acts for nobody else.
    """
    reviewer_ids = {row.reviewer_id for row in current_assignments(proposal)}
    if actor.id in reviewer_ids:
        return None
    return next((user for user in people_acted_for(actor) if user.id in reviewer_ids), None)


def acting_changes(person: User | None) -> dict[str, object]:
    """What the trail keeps of an act for a person (代理の記録): 「B（A代理）」 in the history."""
    return {} if person is None else {"acting_for": sealed_person(person)}


def gap_in_chain(absences: Collection[Absence], first: date, last: date) -> tuple[date, int] | None:
    """First day on which a deputy is named and nobody present stands in: day and absent user id.

    None when every chain of a period ends at somebody present. An absence without a deputy is no
    gap of its own, only that of whoever it was to stand in for.
    """
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    for day in days:
        present = {row.user_id: row for row in absences if row.is_on(day)}
        for user_id in sorted(present):
            if present[user_id].deputy is not None and present_deputy(user_id, present) is None:
                return day, user_id
    return None
