"""Finding incidents, whom to tell, and what a report names (事故の報告の検索)."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organization, OrganizationKind, Role, User
from app.accounts.queries import is_active_today, users_of_body, users_with_role
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.extensions import db
from app.freezes.models import Freeze, FrozenKind
from app.incidents.handlers import HANDLERS, READERS
from app.incidents.models import Incident
from app.mailings.models import Mailing
from app.mailings.queries import get_mailing, received_letter
from app.notifications.news_checks import hides
from app.proposals.models import Attachment, Proposal
from app.proposals.queries import get_visible, has_conflict, people_in_conflict

NO_INCIDENT = "この事故の報告は見つかりません。番号を確かめてください。"
NO_FREEZE = "この凍結は見つかりません。事故の報告から開いてください。"
RECEIPT_NUMBER = re.compile(r"[A-Za-z0-9]{1,8}-[0-9]{4,6}(?:-[0-9]{1,2})?")
MAILING_NUMBER = re.compile(r"(?:一斉連絡\s*|/mailings/)([0-9]{1,9})")
MANAGERS = (Role.PROPOSER_MANAGER, Role.MINISTRY_COORDINATOR, Role.LEAD)


class Freezable:
    """Something a report names that can be frozen with one press (凍結できるもの)."""

    def __init__(self, kind: FrozenKind, target: str, label: str, value: str) -> None:
        self.kind = kind
        self.target = target
        self.label = label
        # What the form sends: never the sha256 itself, which would say what others hold.
        self.value = value


def incidents_seen(actor: User) -> Select[Incident]:
    """Incidents the actor may know of, the newest first (閲覧範囲).

    Who handles and audits them sees all but those on a case hidden from the person (利益相反);
    others their own reports, and who answers for a body those of the body.
    """
    allowed: list[ColumnElement[bool]] = [Incident.reported_by_id == actor.id]
    responsible = select(Organization.id).where(Organization.responsible_id == actor.id)
    allowed.append(Incident.organization_id.in_(responsible))
    allowed.append(_not_in_conflict(actor) if actor.has_role(*READERS) else false())
    return (
        select(Incident)
        .where(or_(*allowed))
        .options(
            joinedload(Incident.organization),
            joinedload(Incident.reported_by),
            selectinload(Incident.steps),
        )
        .order_by(Incident.id.desc())
    )


def _not_in_conflict(actor: User) -> ColumnElement[bool]:
    hidden = select(Proposal.id).where(has_conflict(actor.id))
    return or_(Incident.proposal_id.is_(None), Incident.proposal_id.not_in(hidden))


@hides("incident")
def _hidden_incidents(reader: User) -> Select[int]:
    own = Incident.reported_by_id == reader.id
    return select(Incident.id).where(and_(~own, ~_not_in_conflict(reader)))


def get_incident(actor: User, incident_id: int) -> Incident:
    """Return an incident the actor may know of. Raises NotFound."""
    statement = incidents_seen(actor).where(Incident.id == incident_id)
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound(NO_INCIDENT)
    note_read("incident", found.id)
    return found


def get_freeze(incident: Incident, freeze_id: int) -> Freeze:
    """Return a freeze of an incident. Raises NotFound."""
    found = next((row for row in incident.freezes if row.id == freeze_id), None)
    if found is None:
        raise NotFound(NO_FREEZE)
    return found


def named_case(actor: User, words: str) -> Proposal | None:
    """The first case that a text names and the actor may know of (受付番号), None for none."""
    for number in RECEIPT_NUMBER.findall(words):
        try:
            return get_visible(actor, number)
        except NotFound:
            continue
    return None


def freezable(actor: User, incident: Incident) -> list[Freezable]:
    """What the report names and can be frozen (凍結できるもの): case, its files, a letter.

    What is frozen already is among it: whoever asks looks at the freezes.
    """
    return _of_case(actor, incident) + _of_mailing(actor, incident.concerned)


def _of_case(actor: User, incident: Incident) -> list[Freezable]:
    proposal = db.session.get(Proposal, incident.proposal_id) if incident.proposal_id else None
    if proposal is None or proposal.receipt_number is None:
        return []
    files = db.session.scalars(
        select(Attachment)
        .where(Attachment.proposal_id == proposal.id, Attachment.removed_at.is_(None))
        .order_by(Attachment.position, Attachment.id)
    ).unique()
    number = proposal.receipt_number
    return [
        Freezable(FrozenKind.CASE, number, number, f"case:{number}"),
        *[
            Freezable(
                FrozenKind.FILE,
                row.file.sha256,
                f"{number} の添付{position}",
                f"file:{row.file.public_id}",
            )
            for position, row in enumerate(files, 1)
            if row.file.erased_at is None
        ],
    ]


def _of_mailing(actor: User, words: str) -> list[Freezable]:
    found = MAILING_NUMBER.search(words)
    mailing = _mailing_known(actor, int(found[1])) if found else None
    if mailing is None:
        return []
    value = f"mailing:{mailing.id}"
    return [Freezable(FrozenKind.MAILING, str(mailing.id), mailing.subject, value)]


def _mailing_known(actor: User, mailing_id: int) -> Mailing | None:
    mailing = db.session.get(Mailing, mailing_id)
    try:
        if actor.has_role(Role.OFFICER, Role.LEAD, Role.AUDITOR):
            return get_mailing(actor, mailing_id)
        if not actor.has_role(Role.ADMIN):
            received_letter(mailing_id, actor)
    except NotFound:
        return None
    return mailing


def people_to_tell(incident: Incident) -> list[User]:
    """Who hears of an incident at once (知らせる人): 責任者 of the body, the office's handlers.

    A body that named nobody is told through its managers. Nobody hears of a case that is hidden
    from the person (利益相反).
    """
    people = {person.id: person for person in _of_body(incident.organization)}
    office = db.session.scalars(users_with_role(*HANDLERS)).unique()
    people |= {person.id: person for person in office}
    for person in _responsible_of_office():
        people[person.id] = person
    hidden: set[int] = set()
    if incident.proposal_id is not None:
        proposal = db.session.get_one(Proposal, incident.proposal_id)
        hidden = people_in_conflict(proposal, list(people))
    return [people[each] for each in sorted(people) if each not in hidden]


def _of_body(body: Organization) -> list[User]:
    named = _active(body.responsible_id)
    return named or list(db.session.scalars(users_of_body(body.id, *MANAGERS)).unique())


def _responsible_of_office() -> list[User]:
    offices = db.session.scalars(
        select(Organization.responsible_id).where(
            Organization.kind == OrganizationKind.SECRETARIAT,
            Organization.responsible_id.is_not(None),
        )
    )
    return [person for each in offices for person in _active(each)]


def _active(user_id: int | None) -> list[User]:
    if user_id is None:
        return []
    return list(
        db.session.scalars(select(User).where(User.id == user_id, is_active_today())).unique()
    )


def contact_of_office() -> Sequence[Organization]:
    """Secretariats with a contact (事務局の窓口), for the page of the report."""
    return list(
        db.session.scalars(
            select(Organization).where(
                Organization.kind == OrganizationKind.SECRETARIAT,
                Organization.privacy_contact != "",
            )
        )
    )
