"""Worlds with more than one body and more than one manager (決裁・共同提案・追加共同提案)."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Role, User
from app.audit.models import AuditEvent
from app.core import clock
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.proposals.models import (
    ApprovalRequest,
    CoProposer,
    Endorsement,
    JoiningWindow,
    PartnerAnswer,
    Proposal,
)
from app.proposals.services.approval import AskApproval, DecideApproval, approve, ask_approval
from app.proposals.services.endorsements import Join, join
from app.proposals.services.joining import SetWindow, open_window
from app.proposals.services.partners import AnswerJoint, AskPartner, answer_joint, ask_partner
from tests.factories import World, make_user

SECOND_MANAGER = "city-boss"


def sign_off(world: World) -> User:
    """Let the city sign off what it submits, and give it a second manager."""
    body = world["city"].organization
    body.requires_approval = True
    boss = make_user(SECOND_MANAGER, body, Role.PROPOSER_MANAGER)
    world.people[SECOND_MANAGER] = boss
    return boss


def ask(world: World, proposal: Proposal, by: str = "city", note: str = "") -> ApprovalRequest:
    command = AskApproval(version=proposal.version, note=note)
    return ask_approval(proposal, command, actor=world[by])


def give_approval(world: World, proposal: Proposal, by: str = "city-mgr") -> ApprovalRequest:
    """Ask as the drafter and approve as a manager."""
    asked = ask(world, proposal)
    approve(asked, DecideApproval(version=proposal.version), actor=world[by])
    return asked


def name_partner(world: World, proposal: Proposal, login: str = "other") -> CoProposer:
    command = AskPartner(version=proposal.version, organization_id=world[login].organization_id)
    return ask_partner(proposal, command, actor=world["city"])


def answer(
    world: World,
    partner: CoProposer,
    given: PartnerAnswer = PartnerAnswer.ACCEPTED,
    reason: str = "",
) -> None:
    command = AnswerJoint(version=partner.proposal.version, answer=given, reason=reason)
    answer_joint(partner, command, actor=world["other-mgr"])


def accepted_partner(world: World, proposal: Proposal) -> CoProposer:
    """Name the other city, which agrees."""
    partner = name_partner(world, proposal)
    answer(world, partner)
    return partner


def open_joining(world: World, *proposals: Proposal, days: int = 30) -> JoiningWindow:
    """Open proposals of the round, which has ended, for so many days from now on."""
    command = SetWindow(
        closes_at=clock.now() + timedelta(days=days),
        note="同じ支障があれば書いてください。",
        proposal_ids=frozenset(proposal.id for proposal in proposals),
    )
    return open_window(world.round, command, actor=world["lead"])


def endorse(world: World, proposal: Proposal, text: str = "本市でも困っている。") -> Endorsement:
    return join(proposal, Join(hardship_case=text), actor=world["other-mgr"])


def verbs() -> list[str]:
    """Verbs of the trail so far, oldest first."""
    db.session.commit()
    return list(db.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)))


def letters_to(world: World, login: str) -> list[str]:
    """Subjects of the mail to one person, oldest first."""
    statement = select(OutboxMessage.subject).where(OutboxMessage.recipient_id == world[login].id)
    return list(db.session.scalars(statement.order_by(OutboxMessage.id)))
