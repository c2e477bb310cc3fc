"""Who gets a letter to many (宛先): derived from rules and roles of the bodies, never typed."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Organization, OrganizationKind, OrgType, Role, User
from app.accounts.queries import is_active_today, list_organizations, users_with_role
from app.core import clock
from app.core.eras import format_date
from app.extensions import db
from app.mailings.models import Audience, Mailing, Seat
from app.mailings.placeholders import WITH_CASES, Placeholder, fill
from app.notifications.services import compose
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.rounds.queries import extensions_of
from app.workflow.states import State

LETTER = "mailing"
ROLES_OF_SEAT: Mapping[Seat, tuple[Role, Role]] = {
    Seat.STAFF: (Role.PROPOSER, Role.MINISTRY_OFFICER),
    Seat.MANAGER: (Role.PROPOSER_MANAGER, Role.MINISTRY_COORDINATOR),
}
NOT_SUBMITTED = (State.DRAFT, State.WITHDRAWN)
STATES_OF: Mapping[Audience, tuple[State, ...]] = {
    Audience.SUBMITTED: tuple(state for state in State if state not in NOT_SUBMITTED),
    Audience.RETURNED: (State.RETURNED,),
    # One word to the bodies: which step of the desk it is they do not learn.
    Audience.IN_TRIAGE: (
        State.SUBMITTED,
        State.ACCEPTED,
        State.IN_REVIEW,
        State.IN_CONFIRMATION,
        State.PENDING,
        State.CLASSIFIED,
        State.MERGED,
    ),
    Audience.CLOSED: (State.CLOSED,),
}


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One person with the letter as this person gets it (宛先の人)."""

    user: User
    subject: str
    text: str
    path: str

    def letter(self) -> tuple[str, str]:
        """Subject and body exactly as they are sent (送られる文面)."""
        greeting = f"{self.user.label} 様"
        return compose(LETTER, greeting, path=self.path, title=self.subject, text=self.text)


@dataclass(frozen=True, kw_only=True)
class RecipientList:
    """Everybody a letter goes to now, and the bodies it reaches nobody in (宛先の一覧)."""

    people: list[Recipient]
    unreached: list[Organization]

    @property
    def ids(self) -> list[int]:
        """Ids of the people, in the order of the list."""
        return [row.user.id for row in self.people]

    @property
    def bodies(self) -> list[Organization]:
        """Bodies that are reached, each once, in the order of the list."""
        return list(
            {row.user.organization_id: row.user.organization for row in self.people}.values()
        )

    def digest(self) -> str:
        """Hash of who gets which letter, and where: another one is to be looked at again.

        The body and the address belong to it: a person who changed either is another recipient.
        """
        letters = sorted(
            [row.user.id, row.user.organization_id, row.user.email or "", row.subject, row.text]
            for row in self.people
        )
        return hashlib.sha256(json.dumps(letters, ensure_ascii=False).encode()).hexdigest()

    def find(self, user_id: int) -> Recipient | None:
        """The person with this id among them, None for nobody."""
        return next((row for row in self.people if row.user.id == user_id), None)


def recipients_of(mailing: Mailing) -> RecipientList:
    """Work out who gets a letter now (宛先), body by body; some six queries, however many."""
    kind = (
        OrganizationKind.MINISTRY
        if mailing.audience is Audience.MINISTRIES
        else OrganizationKind.LOCAL_GOVERNMENT
    )
    bodies = {row.id: row for row in db.session.scalars(list_organizations(kind))}
    numbers = _numbers_by_body(mailing, bodies)
    chosen = _chosen(mailing, bodies, numbers)
    people = _people_of(mailing, chosen)
    reached = {user.organization_id for user in people}
    closing = _closing_days(mailing.round)
    return RecipientList(
        people=[
            _recipient(mailing, user, numbers.get(user.organization_id, ()), closing)
            for user in people
        ],
        unreached=[body for body in chosen.values() if body.id not in reached],
    )


def _chosen(
    mailing: Mailing,
    bodies: Mapping[int, Organization],
    numbers: Mapping[int, Sequence[str]],
) -> dict[int, Organization]:
    """Bodies of the rule that exist today, by id, in the order of their codes."""
    today = clock.today()
    types = {OrgType(name) for name in mailing.org_types}
    if mailing.audience in WITH_CASES:
        ids = set(numbers)
    else:
        ids = _with_account()
        if mailing.audience is Audience.WITHOUT_PROPOSAL:
            ids -= set(numbers)
    return {
        body.id: body
        for body in bodies.values()
        if body.id in ids and body.exists_on(today) and (not types or body.type_on(today) in types)
    }


def _numbers_by_body(
    mailing: Mailing, bodies: Mapping[int, Organization]
) -> Mapping[int, list[str]]:
    """Receipt numbers by the body that acts for their body today (合併後の団体)."""
    states = STATES_OF.get(mailing.audience, STATES_OF[Audience.SUBMITTED])
    rows = db.session.execute(
        select(Proposal.organization_id, Proposal.receipt_number)
        .where(Proposal.round_id == mailing.round_id, Proposal.state.in_(states))
        .order_by(Proposal.receipt_sequence, Proposal.branch_number)
    )
    today = clock.today()
    found: dict[int, list[str]] = defaultdict(list)
    for body_id, number in rows:
        if body_id in bodies and number is not None:
            found[bodies[body_id].acting_on(today).id].append(number)
    return found


def _with_account() -> set[int]:
    statement = select(User.organization_id).where(is_active_today()).distinct()
    return set(db.session.scalars(statement))


def _people_of(mailing: Mailing, chosen: Mapping[int, Organization]) -> list[User]:
    roles = [role for seat in mailing.seats for role in ROLES_OF_SEAT[Seat(seat)]]
    place = {body_id: order for order, body_id in enumerate(chosen)}
    people = [
        user
        for user in db.session.scalars(users_with_role(*roles))
        if user.organization_id in place
    ]
    return sorted(people, key=lambda user: (place[user.organization_id], user.id))


def _closing_days(round_: Round) -> Mapping[int | None, str]:
    """Last day of the round in words, by body where it has its own; None for all others."""
    days: dict[int | None, str] = {
        row.organization_id: _day_words(max(row.closes_at, round_.closes_at))
        for row in extensions_of(round_)
    }
    return {**days, None: _day_words(round_.closes_at)}


def _day_words(instant: datetime) -> str:
    return format_date(clock.to_jst(instant).date())


def _recipient(
    mailing: Mailing, user: User, numbers: Sequence[str], closing: Mapping[int | None, str]
) -> Recipient:
    values = {
        Placeholder.BODY: user.organization.name,
        Placeholder.PERSON: user.display_name,
        Placeholder.ROUND: mailing.round.label,
        Placeholder.CLOSING: closing.get(user.organization_id, closing[None]),
        Placeholder.CASES: str(len(numbers)),
        Placeholder.NUMBERS: "、".join(numbers),
    }
    return Recipient(
        user=user,
        subject=fill(mailing.subject, values),
        text=fill(mailing.text, values),
        path=path_of(mailing),
    )


def path_of(mailing: Mailing) -> str:
    """Page on which those it went to read it (届いた一斉連絡); the mail is its copy."""
    return f"/mailings/{mailing.id}/letter"
