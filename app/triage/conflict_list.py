"""Which conflicts of interest a person may read of (利益相反の一覧)."""

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Role, User
from app.extensions import db
from app.proposals.models import ConflictOfInterest, Proposal
from app.proposals.queries import visible_to


def can_see_all(actor: User) -> bool:
    """Whether the actor reads the conflicts of everybody (全員の利益相反): leads and the admin."""
    return actor.has_role(Role.LEAD, Role.ADMIN)


def conflicts_seen_by(actor: User) -> list[ConflictOfInterest]:
    """Conflicts the actor may read of, the newest first (利益相反の一覧).

    One's own; a lead those of everybody, but for cases the lead may not know of; the admin those
    with bodies, who reads no case.
    """
    about_known_case = ConflictOfInterest.proposal_id.in_(
        select(Proposal.id).where(visible_to(actor))
    )
    statement = (
        select(ConflictOfInterest)
        .options(
            joinedload(ConflictOfInterest.user),
            joinedload(ConflictOfInterest.organization),
            joinedload(ConflictOfInterest.proposal),
        )
        .order_by(ConflictOfInterest.id.desc())
    )
    is_own = ConflictOfInterest.user_id == actor.id
    if can_see_all(actor):
        is_about_body = ConflictOfInterest.organization_id.is_not(None)
        return list(
            db.session.scalars(statement.where(or_(is_own, is_about_body, about_known_case)))
        )
    return list(db.session.scalars(statement.where(is_own)))
