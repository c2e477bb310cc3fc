"""What one person still has in hand (手元の仕事), to be given to another on 人事異動."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from app.accounts.models import OrganizationKind, Role, User
from app.accounts.policy import can_manage
from app.accounts.queries import users_of_body
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.models import CaseHandover, Proposal
from app.proposals.queries import BODY_ROLES, is_conflicted, visible_to
from app.triage.duties import Duty, duties_of, has_duty
from app.triage.queries import reviewers
from app.workflow.states import State

USER_NOT_FOUND = "この利用者は見つかりません。一覧から選んでください。"
SETTLED = (State.CLOSED, State.WITHDRAWN)


class WorkKind(StrEnum):
    """What a piece of open work is (手元の仕事の種類)."""

    CASE = "case"  # a case of the own body: draft, to be corrected, or under way
    DESK = "desk"  # a case of the desk: as reviewer, as owner, to be checked again, begun


@dataclass(frozen=True, kw_only=True)
class OpenWork:
    """One case a person has in hand (手元の仕事)."""

    proposal: Proposal
    kind: WorkKind
    # Whether the one who hands it over may read the case; else only its number is shown.
    is_readable: bool
    # How a person of the desk has it in hand; nothing for a case of one's own body.
    duties: tuple[Duty, ...] = ()


def can_hand_over(actor: User, user: User) -> bool:
    """Whether the actor may give a person's open work to another (引継ぎ).

    Of a local government whoever looks after its people, of the secretariat a lead.
    """
    if user.organization.kind is OrganizationKind.LOCAL_GOVERNMENT:
        return can_manage(actor, user.organization)
    is_secretariat = user.organization.kind is OrganizationKind.SECRETARIAT
    return is_secretariat and actor.has_role(Role.LEAD)


def get_predecessor(actor: User, user_id: int) -> User:
    """Return the person whose work the actor may hand over. Raises NotFound alike otherwise."""
    found = db.session.get(User, user_id)
    if found is None or not can_hand_over(actor, found):
        raise NotFound(USER_NOT_FOUND)
    return found


def open_work(user: User, reader: User) -> list[OpenWork]:
    """Everything a person has in hand, the next due first (手元の仕事).

    A lead with a conflict of interest does not learn of the case, and leaves it to another lead.
    """
    is_local = user.organization.kind is OrganizationKind.LOCAL_GOVERNMENT
    kind = WorkKind.CASE if is_local else WorkKind.DESK
    condition = is_kept_by(user) if is_local else has_duty(user)
    # A body learns of no inner date, not even from an order: only its corrections have one for it.
    due_on = (
        case((Proposal.state == State.RETURNED, Proposal.due_on)) if is_local else Proposal.due_on
    )
    proposals = db.session.scalars(
        select(Proposal).where(condition).order_by(due_on.is_(None), due_on, Proposal.id)
    ).all()
    readable = set(
        db.session.scalars(
            select(Proposal.id).where(
                Proposal.id.in_([proposal.id for proposal in proposals]), visible_to(reader)
            )
        )
    )
    duties = {} if is_local else duties_of(user, [proposal.id for proposal in proposals])
    return [
        OpenWork(
            proposal=proposal,
            kind=kind,
            duties=tuple(duties.get(proposal.id, ())),
            is_readable=proposal.id in readable,
        )
        for proposal in proposals
        if is_local or proposal.id in readable
    ]


def is_kept_by(user: User) -> ColumnElement[bool]:
    """Condition for the open cases a person keeps for the body (団体の担当).

    Whoever it was handed over to last; whoever began it, while it never was.
    """
    last = (
        select(func.max(CaseHandover.id))
        .where(CaseHandover.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
    )
    never = ~exists().where(CaseHandover.proposal_id == Proposal.id)
    handed = exists().where(CaseHandover.id == last, CaseHandover.to_user_id == user.id)
    return and_(
        Proposal.state.not_in(SETTLED),
        or_(handed, and_(never, Proposal.created_by_id == user.id)),
    )


def keeper_of(proposal: Proposal) -> User:
    """The person who keeps a case for its body (団体の担当)."""
    last = db.session.scalars(
        select(CaseHandover)
        .where(CaseHandover.proposal_id == proposal.id)
        .order_by(CaseHandover.id.desc())
        .limit(1)
    ).one_or_none()
    return last.to_user if last else proposal.created_by


def successors(user: User) -> list[User]:
    """Who can take a person's work over (引継ぎ先): of the same body, or of its successor."""
    if user.organization.kind is OrganizationKind.LOCAL_GOVERNMENT:
        found = db.session.scalars(users_of_body(user.organization_id, *BODY_ROLES))
    else:
        found = db.session.scalars(reviewers())
    return [person for person in found if person.id != user.id]


def obstacle(person: User, proposal: Proposal) -> str:
    """Why a person cannot take this case over, in words; "" when nothing is in the way."""
    if is_conflicted(person.id, proposal):
        return f"{person.display_name}は利益相反があるため担当にできません"
    return ""
