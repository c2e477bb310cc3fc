"""Who answers for personal data in a body, and whom its people turn to (責任者・窓口)."""

from dataclasses import dataclass

from app.accounts.models import Organization, User
from app.accounts.policy import authorize_manage
from app.accounts.queries import insiders_of_body
from app.accounts.services.bodies import check_body_version
from app.audit.services import Subject, record
from app.core.errors import InvalidInput
from app.extensions import db

NOT_OF_BODY = "この団体の、いま使える利用者から選んでください"


@dataclass(frozen=True, kw_only=True)
class SetPrivacy:
    """責任者 and 窓口 as they were written; `version` is that of the body that was seen."""

    responsible_id: int | None
    contact: str
    version: int


def set_privacy(body: Organization, command: SetPrivacy, *, actor: User) -> None:
    """Name who answers for personal data and the contact (責任者・窓口の登録).

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_manage(actor, body)
    check_body_version(body, command.version)
    if command.responsible_id not in {None, *(person.id for person in people_to_name(body))}:
        raise InvalidInput({"responsible": [NOT_OF_BODY]})
    body.responsible_id = command.responsible_id
    body.privacy_contact = command.contact
    db.session.flush()
    record(
        "organization.set_privacy",
        Subject(type="organization", id=body.id, version=body.version),
        actor=actor,
        changes={"responsible": command.responsible_id, "has_contact": bool(command.contact)},
    )


def people_to_name(body: Organization) -> list[User]:
    """People of a body who can be named (責任者の候補)."""
    return insiders_of_body(body.id)
