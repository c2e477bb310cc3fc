"""Finding the partners of joint proposals (共同提案の検索)."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Organization, OrganizationKind, User
from app.accounts.queries import bodies_acted_for
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.core.text import search_key
from app.extensions import db
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from app.proposals.queries import is_of_body

NOT_FOUND = "この共同提案の依頼は見つかりません。「共同提案」の一覧から開いてください。"
MOST_FOUND = 30


@once_a_page
def partners_of(proposal: Proposal) -> list[CoProposer]:
    """Partners named for a proposal with any answer, by code (共同提案団体)."""
    return list(
        db.session.scalars(
            select(CoProposer)
            .join(CoProposer.organization)
            .where(CoProposer.proposal_id == proposal.id, CoProposer.removed_at.is_(None))
            .order_by(Organization.code, CoProposer.id)
        )
    )


def accepted_partners_of(proposal: Proposal) -> list[CoProposer]:
    """Partners that accepted, by code (共同提案団体)."""
    return [row for row in partners_of(proposal) if row.answer is PartnerAnswer.ACCEPTED]


def waiting_partners_of(proposal: Proposal) -> list[CoProposer]:
    """Partners that have not answered yet, by code (回答待ちの共同提案団体)."""
    return [row for row in partners_of(proposal) if row.answer is PartnerAnswer.WAITING]


def joint_requests_to(actor: User) -> list[CoProposer]:
    """Requests to the actor's body that it may read, the latest first (依頼された共同提案)."""
    return list(
        db.session.scalars(_asked_of(actor).order_by(CoProposer.asked_at.desc(), CoProposer.id))
    )


def ended_requests_to(actor: User, limit: int) -> list[CoProposer]:
    """Requests to the actor's body that ended without it, the latest first.

    Its own answer is told, nothing of the proposal.
    """
    return list(
        db.session.scalars(
            select(CoProposer)
            .where(
                CoProposer.organization_id.in_(bodies_acted_for(actor)),
                (CoProposer.answer == PartnerAnswer.DECLINED) | CoProposer.removed_at.is_not(None),
            )
            .order_by(CoProposer.id.desc())
            .limit(limit)
        )
    )


def own_joint_proposals(actor: User) -> list[tuple[Proposal, list[CoProposer]]]:
    """Proposals of the actor's body with the partners it named, the latest first (自団体の依頼)."""
    rows = db.session.scalars(
        select(CoProposer)
        .join(CoProposer.proposal)
        .where(is_of_body(actor), CoProposer.removed_at.is_(None))
        .options(joinedload(CoProposer.proposal))
        .order_by(Proposal.id.desc(), CoProposer.id)
    )
    found: dict[Proposal, list[CoProposer]] = {}
    for row in rows:
        found.setdefault(row.proposal, []).append(row)
    return list(found.items())


def get_joint_request(actor: User, partner_id: int) -> CoProposer:
    """Return the request with this id, if it asks the actor's body and still stands.

    Raises NotFound, also after the body declined or was removed.
    """
    found = db.session.scalars(_asked_of(actor).where(CoProposer.id == partner_id)).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("proposal", found.proposal_id)
    return found


def get_own_partner(actor: User, partner_id: int) -> CoProposer:
    """Return a partner that the actor's body has named. Raises NotFound."""
    found = db.session.scalars(
        select(CoProposer)
        .join(CoProposer.proposal)
        .where(CoProposer.id == partner_id, CoProposer.removed_at.is_(None), is_of_body(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def find_local_governments(words: str) -> list[Organization]:
    """Local governments by name or code, at most MOST_FOUND, by code (団体の検索)."""
    key = search_key(words)
    if not key:
        return []
    bodies = db.session.scalars(
        select(Organization)
        .where(Organization.kind == OrganizationKind.LOCAL_GOVERNMENT)
        .order_by(Organization.code, Organization.id)
    )
    # Names are folded as the words are: 「ｺｳｼ市」 finds 「コウシ市」.
    found = [
        body for body in bodies if key in search_key(body.name) or (body.code or "").startswith(key)
    ]
    return found[:MOST_FOUND]


def _asked_of(actor: User) -> Select[CoProposer]:
    return (
        select(CoProposer)
        .where(
            CoProposer.organization_id.in_(bodies_acted_for(actor)),
            CoProposer.removed_at.is_(None),
            CoProposer.answer != PartnerAnswer.DECLINED,
        )
        .options(joinedload(CoProposer.proposal))
    )
