"""The one notice that all opinions on a case are in (意見がそろった知らせ)."""

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.audit.services import Subject
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import has_conflict
from app.rounds.letters import write_in_round
from app.triage.models import Assessment, Assignment
from app.workflow.states import State


def tell_all_in(proposal: Proposal, assessment: Assessment, *, actor: User) -> None:
    """Tell the lead that the last opinion came, once for each opinion (意見がそろった知らせ).

    The lead who assigned the case reads it; when that one is gone, every lead. A practice round
    writes to nobody.
    """
    if proposal.round.is_practice:
        return
    is_agreed = proposal.state is State.CLASSIFIED
    write_in_round(
        proposal.round,
        "opinions_in",
        _leads(proposal, actor),
        key=f"opinions-in:{assessment.id}",
        path=f"/proposals/{proposal.receipt_number}/triage-record",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
        result="一致し、分類が確定しました" if is_agreed else "一致せず、仕分けに戻りました",
    )


def _leads(proposal: Proposal, actor: User) -> list[User]:
    assigner = db.session.scalars(
        select(Assignment.assigned_by_id)
        .where(Assignment.proposal_id == proposal.id)
        .order_by(Assignment.id.desc())
        .limit(1)
    ).one_or_none()
    if assigner == actor.id:
        return []
    others = (
        users_with_role(Role.LEAD)
        .join(Proposal, Proposal.id == proposal.id)
        .where(User.id != actor.id, ~has_conflict(User.id))
        .options(lazyload(User.role_grants))
    )
    leads = list(db.session.scalars(others))
    return [user for user in leads if user.id == assigner] or leads
