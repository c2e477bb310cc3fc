"""What is known of each reviewer when cases are given out (担当者の条件): cap, fields, absence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date_short
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import has_conflict
from app.rounds.models import Round
from app.triage.deputies import absences_between
from app.triage.loads import open_case_counts, takes_work
from app.triage.models import (
    Absence,
    AssignmentDecline,
    ReviewerProfile,
    ReviewerSkill,
    SkillTag,
)
from app.triage.queries import reviewers


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """A reviewer as a plan sees them (担当の候補). `cases` counts what the planner may know of."""

    user: User
    cases: int
    cap: int | None
    takes_work: bool
    skills: frozenset[int]
    absences: tuple[Absence, ...]

    @property
    def room(self) -> int | None:
        """How many more cases fit under the cap (空き), None without a cap."""
        return None if self.cap is None else max(0, self.cap - self.cases)

    def absent_until(self, day: date) -> date | None:
        """Last day of the absence that holds on a day (不在の末日), None for who is present."""
        ends = [row.ends_on for row in self.absences if row.is_on(day)]
        return max(ends, default=None)

    def obstacle(self, today: date, due_on: date) -> str:
        """Why this reviewer takes no new case due on a day, in words; "" when nothing is so.

        Away today, or for at least half of the office days of the term.
        """
        if not self.takes_work:
            return "新しい担当を受けていません"
        until = self.absent_until(today)
        if until is not None:
            return f"{format_date_short(until)}まで不在です"
        if 2 * self._days_away(today, due_on) >= max(1, office_days(today, due_on)):
            return "期限までの開庁日の半分以上が不在です"
        if self.room == 0:
            return f"上限の{self.cap}件に達しています"
        return ""

    def _days_away(self, today: date, due_on: date) -> int:
        """Office days after today up to a day on which the person is away."""
        return sum(
            office_calendar().office_days_between(
                max(today, date.fromordinal(row.starts_on.toordinal() - 1)),
                min(due_on, row.ends_on),
            )
            for row in self.absences
        )


def office_days(first: date, last: date) -> int:
    """Office days after one day up to another (開庁日数)."""
    return office_calendar().office_days_between(first, last)


def reviewers_now(actor: User, round_: Round, due_on: date) -> list[Reviewer]:
    """Everybody who can be given a case, with what a plan has to know (担当の候補), by id."""
    cases = open_case_counts(actor, round_)
    profiles = {row.user_id: row for row in db.session.scalars(select(ReviewerProfile))}
    skills = skills_of_all()
    away = absences_between(clock.today(), max(due_on, clock.today()))
    return [
        Reviewer(
            user=user,
            cases=cases.get(user.id, 0),
            cap=profiles[user.id].cap if user.id in profiles else None,
            takes_work=takes_work(user, profiles.get(user.id)),
            skills=skills.get(user.id, frozenset()),
            absences=tuple(row for row in away if row.user_id == user.id),
        )
        for user in db.session.scalars(reviewers())
    ]


def skills_of_all() -> dict[int, frozenset[int]]:
    """Fields each reviewer knows, as ids of tags, by user id (得意分野)."""
    found: dict[int, set[int]] = {}
    for row in db.session.scalars(select(ReviewerSkill)):
        found.setdefault(row.user_id, set()).add(row.tag_id)
    return {user_id: frozenset(tags) for user_id, tags in found.items()}


def skill_tags() -> list[SkillTag]:
    """Every field a reviewer can know (得意分野の一覧), in the order of their making."""
    return list(db.session.scalars(select(SkillTag).order_by(SkillTag.id)))


def profile_of(user: User) -> ReviewerProfile | None:
    """What a reviewer takes on (担当者の条件), None where nothing was ever said."""
    return db.session.get(ReviewerProfile, user.id)


def conflicting_pairs(
    users: Sequence[User], proposals: Sequence[Proposal]
) -> frozenset[tuple[int, int]]:
    """Pairs of reviewer and case that must not meet today (利益相反), a query a person."""
    ids = [proposal.id for proposal in proposals]
    return frozenset(
        (user.id, proposal_id)
        for user in users
        for proposal_id in db.session.scalars(
            select(Proposal.id).where(Proposal.id.in_(ids), has_conflict(user.id))
        )
    )


def declined_pairs(proposals: Sequence[Proposal]) -> frozenset[tuple[int, int]]:
    """Pairs of reviewer and case that the reviewer gave back (返上した担当)."""
    ids = [proposal.id for proposal in proposals]
    rows = db.session.execute(
        select(AssignmentDecline.reviewer_id, AssignmentDecline.proposal_id).where(
            AssignmentDecline.proposal_id.in_(ids)
        )
    )
    return frozenset((row[0], row[1]) for row in rows)


def tag_labels(tags: Sequence[SkillTag], chosen: frozenset[int]) -> list[str]:
    """Names of the chosen fields, in the order of the list (得意分野)."""
    return [tag.label for tag in tags if tag.id in chosen]
