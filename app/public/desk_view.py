"""The desk of the public part (公表の画面): what waits, what is announced, what is public."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal, Publication, PublicationConsent, PublicationStatus
from app.public.policy import is_second_person
from app.public.queries import copies_for, publishable_cases
from app.rounds.models import Round

MOST_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class DeskView:
    """Copies and cases by where they stand (公表待ち・公表予定・公表中・取りやめ)."""

    ready: Sequence[Proposal]
    ready_total: int
    waiting: Sequence[Publication]
    announced: Sequence[Publication]
    live: Sequence[Publication]
    withdrawn: Sequence[Publication]
    # Ids of waiting copies this reader may publish, and of public ones whose body took its word
    # back afterwards (同意の変更).
    publishable: frozenset[int]
    changed_consent: frozenset[int]


def desk_view(actor: User, round_: Round | None) -> DeskView:
    """Sort what an actor of the secretariat may see of a round (公表の画面)."""
    cases = list(db.session.scalars(publishable_cases(actor, round_))) if round_ else []
    copies = _copies(actor, round_) if round_ else []
    published = [row for row in copies if row.status is PublicationStatus.PUBLISHED]
    live = [row for row in published if row.publishes_at and row.publishes_at <= clock.now()]
    waiting = [row for row in copies if row.status is PublicationStatus.PREPARED]
    withdrawn = [row for row in copies if row.status is PublicationStatus.WITHDRAWN]
    latest = _latest(live)
    shown = {row.proposal_id for row in published}
    return DeskView(
        ready=cases[:MOST_SHOWN],
        ready_total=len(cases),
        waiting=waiting,
        announced=[row for row in published if row not in live],
        live=latest,
        withdrawn=[row for row in _latest(withdrawn) if row.proposal_id not in shown],
        # Of whom the actor may know: a conflict of interest has hidden its copies already.
        publishable=frozenset(row.id for row in waiting if is_second_person(actor, row)),
        changed_consent=_changed_consent(latest),
    )


def _copies(actor: User, round_: Round) -> list[Publication]:
    return list(
        db.session.scalars(
            copies_for(actor)
            .where(Publication.round_id == round_.id)
            .order_by(Publication.receipt_number, Publication.number)
        )
    )


def _latest(copies: Sequence[Publication]) -> list[Publication]:
    return list({row.proposal_id: row for row in copies}.values())


def _changed_consent(copies: Sequence[Publication]) -> frozenset[int]:
    rows = db.session.execute(
        select(PublicationConsent.proposal_id, PublicationConsent.given_at).where(
            PublicationConsent.proposal_id.in_([row.proposal_id for row in copies])
        )
    )
    given = {row[0]: row[1] for row in rows}
    return frozenset(
        row.id
        for row in copies
        if row.published_at
        and row.proposal_id in given
        and given[row.proposal_id] > row.published_at
    )
