"""Assignment of reviewers (担当割当)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Role, User
from app.audit.actors import sealed_person
from app.audit.services import Subject
from app.core import clock
from app.core.eras import format_date_short
from app.core.errors import InvalidInput
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.notifications.news_checks import news_check
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.proposals.queries import has_conflict, is_conflicted
from app.rounds.letters import write_in_round
from app.triage.models import Assignment
from app.triage.policy import authorize
from app.triage.queries import current_assignments
from app.triage.services.opinions import supersede_open_assessment
from app.workflow.states import Action


@dataclass(frozen=True, kw_only=True)
class Assign:
    """Reviewers of a case, in place of those it has (担当割当)."""

    version: int
    reviewer_ids: tuple[int, ...]
    note: str = ""


def assign(proposal: Proposal, command: Assign, *, actor: User) -> list[User]:
    """Give the case to its reviewers (担当割当) and return them; the review term starts anew.

    Raises NotAllowed, StaleVersion, IllegalTransition, and InvalidInput for nobody, for a person
    who is no reviewer and for one with a conflict of interest (利益相反).
    """
    authorize(actor, Action.ASSIGN, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.ASSIGN)
    # A conflict declared at the same time waits for the lock on the case, see services.conflicts.
    chosen = _checked_reviewers(proposal, command.reviewer_ids)
    current = current_assignments(proposal)
    before = {row.reviewer_id for row in current}
    supersede_open_assessment(proposal)
    _end(current)
    advance(
        proposal,
        Action.ASSIGN,
        actor=actor,
        reason=command.note,
        changes={"reviewers": [sealed_person(user) for user in chosen]},
    )
    _add_assignments(proposal, chosen, actor)
    tell_new_reviewers(proposal, [user for user in chosen if user.id not in before])
    return chosen


def end_assignments(proposal: Proposal) -> None:
    """End every assignment in force (担当の解除)."""
    _end(current_assignments(proposal))


def _end(assignments: Sequence[Assignment]) -> None:
    now = clock.now()
    for row in assignments:
        row.ended_at = now
    # One assignment in force per person: the old ones must be ended first.
    db.session.flush()


def resume_assignments(proposal: Proposal, assignment_ids: Sequence[int]) -> list[Assignment]:
    """Give a case back to the reviewers it had (担当の復帰); return what is in force again.

    Whoever left or has a conflict of interest by now does not get it back.
    """
    rows = db.session.scalars(select(Assignment).where(Assignment.id.in_(assignment_ids)))
    resumed = [row for row in rows if _may_review(row.reviewer, proposal)]
    for row in resumed:
        row.ended_at = None
    db.session.flush()
    return resumed


def _may_review(user: User, proposal: Proposal) -> bool:
    return _is_reviewer(user) and not is_conflicted(user.id, proposal)


def _is_reviewer(user: User) -> bool:
    is_inside = user.is_active and not user.is_outsider
    return is_inside and user.has_role(Role.OFFICER, Role.LEAD)


def _checked_reviewers(proposal: Proposal, reviewer_ids: Sequence[int]) -> list[User]:
    if not reviewer_ids:
        raise InvalidInput({"reviewer_ids": ["担当者を1人以上選んでください"]})
    ids = list(dict.fromkeys(reviewer_ids))
    rows = db.session.execute(_named(clock.today()), {"ids": ids, "case_id": proposal.id}).unique()
    named = {user.id: (user, is_out) for user, is_out in rows}
    checked: list[User] = []
    for user, is_out in (named.get(id_, (None, False)) for id_ in ids):
        if user is None or not _is_reviewer(user):
            raise InvalidInput({"reviewer_ids": ["担当者を一覧から選んでください"]})
        if is_out:
            raise InvalidInput(
                {
                    "reviewer_ids": [
                        f"{user.display_name}は利益相反があるため担当にできません。"
                        "ほかの担当者を選んでください"
                    ]
                }
            )
        checked.append(user)
    return checked


# People with their roles, and whether they must not touch the case: one question, whose words are
# made once a day.
@lru_cache(maxsize=2)
def _named(_today: date) -> Select[User, bool]:
    return (
        select(User, has_conflict(User.id))
        .join(Proposal, Proposal.id == bindparam("case_id"))
        .where(User.id.in_(bindparam("ids", expanding=True)))
        .options(joinedload(User.role_grants))
    )


def _add_assignments(proposal: Proposal, chosen: Sequence[User], actor: User) -> None:
    if proposal.due_on is None:
        raise LookupError("a case in review has a due date")
    db.session.add_all(
        Assignment(
            proposal_id=proposal.id,
            reviewer_id=user.id,
            assigned_by_id=actor.id,
            assigned_at=clock.now(),
            due_on=proposal.due_on,
        )
        for user in chosen
    )
    db.session.flush()


def tell_new_reviewers(proposal: Proposal, reviewers: Sequence[User]) -> None:
    """Queue the letter to whoever has a new case (担当になった知らせ)."""
    if proposal.due_on is None:
        return
    write_in_round(
        proposal.round,
        "assigned",
        reviewers,
        key=f"assigned:{proposal.receipt_number}:{proposal.version}",
        path=f"/proposals/{proposal.receipt_number}",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
        due_on=format_date_short(proposal.due_on),
    )


@news_check("assigned")
def is_still_assigned(message: OutboxMessage) -> bool:
    """Whether the reader still has the case (現在の担当)."""
    current = select(Assignment.id).where(
        Assignment.proposal_id == message.about_id,
        Assignment.reviewer_id == message.recipient_id,
        Assignment.ended_at.is_(None),
    )
    return db.session.scalar(current.limit(1)) is not None
