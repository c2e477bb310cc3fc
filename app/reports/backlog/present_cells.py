"""The cases of the backlog of now behind its figures (現在の滞留の区画), as conditions.

They are those that `present` counts; a test holds the lists against `queries` case by case.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, exists, false, select, true
from sqlalchemy.orm import aliased

from app.accounts.models import Organization, User
from app.core import clock
from app.extensions import db
from app.handoffs.models import Handoff
from app.proposals.models import CaseClock, Proposal
from app.reports.backlog.keeping import holders_in_step
from app.reports.backlog.present_cases import begin_of_age
from app.reports.backlog.queries import UNSETTLED
from app.reports.backlog.rows import (
    BODY_PREFIX,
    BUCKETS,
    FORM_CHECKERS,
    LEADS,
    MINISTRY_PREFIX,
    REVIEWER_PREFIX,
)
from app.reports.backlog.whose_move import has_owner
from app.triage.models import Assignment
from app.workflow.handoffs import OWED_HANDOFF_STATES
from app.workflow.holders import HolderKind
from app.workflow.states import State
from app.workflow.terms import OWING_STATES

Condition = ColumnElement[bool]


def in_present_backlog(
    *, age: str = "", holder: str = "", is_overdue: bool = False, is_extended: bool = False
) -> Condition:
    """Condition for the cases that are not settled now (現在の滞留), narrowed to a cell.

    `age` is the key of a range of ages, `holder` the word of a holder; "" narrows nothing.
    """
    holders_in_step(db.session)
    found: list[Condition] = [Proposal.state.in_(UNSETTLED), Proposal.receipt_number.is_not(None)]
    if age:
        found.append(_is_as_old_as(age))
    if holder:
        found.append(_is_move_of(holder))
    if is_overdue:
        found += [Proposal.due_on < clock.today(), Proposal.state.in_(OWING_STATES)]
    if is_extended:
        found.append(_is_extended())
    return and_(*found)


def _is_as_old_as(key: str) -> Condition:
    """In its state for as many office days as a range of ages says (滞留日数の区分)."""
    found: Condition = true()
    for bucket in BUCKETS:
        if bucket.key == key:
            if bucket.first:
                found = and_(found, Proposal.state_since < begin_of_age(bucket.first))
            if bucket.last is not None:
                found = and_(found, Proposal.state_since >= begin_of_age(bucket.last + 1))
            return found
    return false()


def _is_extended() -> Condition:
    own = aliased(CaseClock)
    return exists(
        select(own.id).where(
            own.proposal_id == Proposal.id, own.ended_at.is_(None), own.is_extended
        )
    )


def _is_move_of(holder: str) -> Condition:
    """Whose move it is, by the word of a holder (持ち主); nobody's for a word that is none."""
    for prefix, condition in _HOLDERS.items():
        if holder.startswith(prefix):
            return condition(holder.removeprefix(prefix))
    return false()


def _is_form_checkers(_word: str) -> Condition:
    return and_(Proposal.holder_kind == HolderKind.POOL, Proposal.state == State.SUBMITTED)


def _is_leads(_word: str) -> Condition:
    return and_(Proposal.holder_kind == HolderKind.POOL, Proposal.state != State.SUBMITTED)


def _is_reviewers(login: str) -> Condition:
    person = select(User.id).where(User.login == login).scalar_subquery()
    own = aliased(Assignment)
    is_assigned = exists(
        select(own.id).where(
            own.proposal_id == Proposal.id, own.ended_at.is_(None), own.reviewer_id == person
        )
    )
    is_owner = Proposal.pending_owner_id == person
    return and_(
        Proposal.holder_kind == HolderKind.REVIEWER,
        (has_owner() & is_owner) | (~has_owner() & is_assigned),
    )


def _is_bodys(code: str) -> Condition:
    body = select(Organization.id).where(Organization.code == code)
    return and_(Proposal.holder_kind == HolderKind.BODY, Proposal.organization_id.in_(body))


def _is_ministrys(number: str) -> Condition:
    if not number.isdecimal():
        return false()
    own = aliased(Handoff)
    is_owed = exists(
        select(own.id).where(
            own.proposal_id == Proposal.id,
            own.destination_id == int(number),
            own.ended_at.is_(None),
            own.state.in_(OWED_HANDOFF_STATES),
        )
    )
    return and_(Proposal.holder_kind == HolderKind.MINISTRY, is_owed)


_HOLDERS: dict[str, Callable[[str], Condition]] = {
    FORM_CHECKERS.key: _is_form_checkers,
    LEADS.key: _is_leads,
    REVIEWER_PREFIX: _is_reviewers,
    BODY_PREFIX: _is_bodys,
    MINISTRY_PREFIX: _is_ministrys,
}
