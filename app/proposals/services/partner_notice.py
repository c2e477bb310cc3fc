"""Telling the bodies of a joint proposal (共同提案団体への知らせ). The news stands on the pages.

A practice round (練習) writes to nobody.
"""

from sqlalchemy import select

from app.accounts.models import Role
from app.accounts.queries import users_of_body
from app.core import clock
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.notifications.news_checks import news_check
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from app.proposals.news import about, closing_words
from app.proposals.sharing.partners import accepted_partners_of, partners_of
from app.rounds.letters import write_in_round


def tell_partner(partner: CoProposer, letter: str, *, key: str, path: str) -> None:
    """Write to the people of a partner (共同提案団体)."""
    people = users_of_body(partner.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    write_in_round(
        partner.proposal.round,
        letter,
        db.session.scalars(people),
        key=f"{letter}:{key}",
        path=path,
        about=about(partner.proposal),
        **closing_words(partner.proposal),
    )


def tell_drafting_body(partner: CoProposer, letter: str, *, key: str) -> None:
    """Write to the people of the body that asked (依頼した団体)."""
    proposal = partner.proposal
    people = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    write_in_round(
        proposal.round,
        letter,
        db.session.scalars(people),
        key=f"{letter}:{key}",
        path="/joint",
        about=about(proposal),
        **closing_words(proposal),
    )


@news_check("joint_asked")
def is_still_asked(message: OutboxMessage) -> bool:
    """Whether the reader's body has still to answer (共同提案の依頼)."""
    waiting = select(CoProposer.id).where(
        CoProposer.proposal_id == message.about_id,
        CoProposer.organization_id == message.recipient.organization_id,
        CoProposer.answer == PartnerAnswer.WAITING,
        CoProposer.removed_at.is_(None),
    )
    return db.session.scalar(waiting.limit(1)) is not None


def tell_of_change(proposal: Proposal) -> None:
    """Tell the partners that agreed that the text was changed, once a day (JST) at most."""
    for partner in accepted_partners_of(proposal):
        key = f"{partner.id}:{clock.today().isoformat()}"
        tell_partner(partner, "joint_changed", key=key, path=f"/joint/{partner.id}")


def tell_of_discard(proposal: Proposal) -> None:
    """Tell every partner that the draft is gone (下書きの削除)."""
    for partner in partners_of(proposal):
        tell_partner(partner, "joint_removed", key=str(partner.id), path="/joint")
