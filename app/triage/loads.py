"""Work in hand of each reviewer (手持ち・負荷), as far as the reader may know of the cases.

Who must not know of a case finds it in no figure here, of whomever it is (利益相反). Practice
rounds (練習) are counted among themselves only.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import Role, User
from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.triage.deputies import absences_on, present_deputy
from app.triage.models import Absence, Assignment, ReviewerProfile
from app.triage.queries import reviewers
from app.workflow.states import State

SOON = 3  # office days


class OpenAssignment(NamedTuple):
    """An assignment in force with what a figure needs of its case (手持ちの1件)."""

    reviewer_id: int
    assigned_on: date
    state: State
    due_on: date | None

    def is_overdue(self, today: date) -> bool:
        """Whether the opinion is late (期限超過): only while the case is in review."""
        return self.state is State.IN_REVIEW and self.due_on is not None and self.due_on < today

    def is_due_soon(self, today: date) -> bool:
        """Whether the opinion is due within three office days (期限まで3開庁日以内)."""
        if self.state is not State.IN_REVIEW or self.due_on is None or self.due_on < today:
            return False
        return office_calendar().office_days_between(today, self.due_on) <= SOON


class ReviewerLoad(NamedTuple):
    """Work in hand of one reviewer (担当別の負荷); ages in office days since the assignment.

    `mean_age` is None without a case, `absent_until` for who is present, `cap` for no cap.
    """

    user: User
    cases: int
    due_soon: int
    overdue: int
    mean_age: float | None
    absent_until: date | None
    deputy: User | None
    cap: int | None
    takes_work: bool


class LoadTotal(NamedTuple):
    """Work in hand of all reviewers together (合計)."""

    cases: int
    due_soon: int
    overdue: int


def takes_work(user: User, profile: ReviewerProfile | None) -> bool:
    """Whether a plan gives cases to a person (新しい担当を受ける): who was never asked, as officer.

    Leads decide what officers could not settle; they are given cases once they say so.
    """
    return profile.takes_work if profile is not None else user.has_role(Role.OFFICER)


def open_assignments(actor: User, round_: Round) -> list[OpenAssignment]:
    """Assignments in force on cases the actor may know of, practice apart from the real thing."""
    rows = db.session.execute(
        select(Assignment.reviewer_id, Assignment.assigned_at, Proposal.state, Proposal.due_on)
        .join(Assignment.proposal)
        .join(Proposal.round)
        .where(
            Assignment.ended_at.is_(None),
            Round.is_practice.is_(round_.is_practice),
            visible_to(actor),
        )
        .order_by(Assignment.id)
    ).all()
    return [
        OpenAssignment(reviewer_id, clock.to_jst(assigned_at).date(), state, due_on)
        for reviewer_id, assigned_at, state, due_on in rows
    ]


def open_case_counts(actor: User, round_: Round) -> dict[int, int]:
    """Number of cases in hand of each reviewer, by user id (手持ち件数)."""
    return _counted(row.reviewer_id for row in open_assignments(actor, round_))


def overdue_case_counts(actor: User, round_: Round) -> dict[int, int]:
    """Number of late opinions of each reviewer, by user id (期限超過)."""
    today = clock.today()
    found = open_assignments(actor, round_)
    return _counted(row.reviewer_id for row in found if row.is_overdue(today))


def load_total(actor: User, round_: Round) -> LoadTotal:
    """Work in hand of everybody together (合計), as far as the actor may know of it."""
    found, today = open_assignments(actor, round_), clock.today()
    return LoadTotal(
        cases=len(found),
        due_soon=sum(row.is_due_soon(today) for row in found),
        overdue=sum(row.is_overdue(today) for row in found),
    )


def reviewer_loads(actor: User, round_: Round) -> list[ReviewerLoad]:
    """Work in hand person by person (担当別の負荷): all for a lead, one's own for an officer."""
    found = open_assignments(actor, round_)
    profiles = {row.user_id: row for row in db.session.scalars(select(ReviewerProfile))}
    absences = absences_on(clock.today())
    people = [
        user
        for user in db.session.scalars(reviewers())
        if user == actor or actor.has_role(Role.LEAD)
    ]
    return [
        _load(
            user,
            [row for row in found if row.reviewer_id == user.id],
            profiles.get(user.id),
            absences,
        )
        for user in people
    ]


def _load(
    user: User,
    found: Sequence[OpenAssignment],
    profile: ReviewerProfile | None,
    absences: dict[int, Absence],
) -> ReviewerLoad:
    today = clock.today()
    ages = [office_calendar().office_days_between(row.assigned_on, today) for row in found]
    absence = absences.get(user.id)
    return ReviewerLoad(
        user=user,
        cases=len(found),
        due_soon=sum(row.is_due_soon(today) for row in found),
        overdue=sum(row.is_overdue(today) for row in found),
        mean_age=sum(ages) / len(ages) if ages else None,
        absent_until=absence.ends_on if absence else None,
        deputy=present_deputy(user.id, absences) if absence else None,
        cap=profile.cap if profile else None,
        takes_work=takes_work(user, profile),
    )


def _counted(ids: Iterable[int]) -> dict[int, int]:
    return dict(Counter(ids))
