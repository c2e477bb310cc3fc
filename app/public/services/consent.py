"""What the body agrees to (公表の同意): its name, and its view of the reply."""

from dataclasses import dataclass

from app.accounts.models import User
from app.core import clock
from app.core.errors import StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import Proposal, PublicationConsent, PublicationStatus
from app.public.policy import authorize_consent
from app.public.queries import consent_of, versions_of
from app.public.services.trail import keep_trace


@dataclass(frozen=True, kw_only=True)
class Agree:
    """What may stand on the public page (公表の同意); `version` 0 for a first word."""

    version: int
    is_named: bool
    shows_view: bool


def agree(proposal: Proposal, command: Agree, *, actor: User) -> PublicationConsent:
    """Write down what the body agrees to (公表の同意).

    What it takes back leaves the public page at once; what it adds waits for the next version, for
    two people look at what goes out. Raises NotAllowed, StaleVersion.
    """
    authorize_consent(actor, proposal)
    consent = consent_of(proposal)
    if (consent.version if consent else 0) != command.version:
        raise StaleVersion(STALE_MESSAGE)
    if consent is None:
        consent = PublicationConsent(proposal_id=proposal.id)
        db.session.add(consent)
    consent.is_named = command.is_named
    consent.shows_view = command.shows_view
    consent.given_by_id = actor.id
    consent.given_at = clock.now()
    _take_back(proposal, consent)
    db.session.flush()
    keep_trace(
        "agree_publication",
        proposal,
        actor,
        is_named=command.is_named,
        shows_view=command.shows_view,
    )
    return consent


def _take_back(proposal: Proposal, consent: PublicationConsent) -> None:
    open_states = (PublicationStatus.PREPARED, PublicationStatus.PUBLISHED)
    for row in versions_of(proposal.id):
        if row.status in open_states:
            row.is_named = row.is_named and consent.is_named
            row.shows_view = row.shows_view and consent.shows_view
