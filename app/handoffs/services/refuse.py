"""Giving a case back that belongs elsewhere (所管外): the secretariat sends it on."""

from dataclasses import dataclass

from app.accounts.models import Organization, OrganizationKind, User
from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import count_characters, is_blank
from app.extensions import db
from app.handoffs.desk_policy import authorize_coordinator
from app.handoffs.lifecycle import check_handoff_version, move_handoff
from app.handoffs.models import Handoff
from app.handoffs.received import is_refused_twice
from app.handoffs.services.ministry_letters import leads, office_of, tell_office
from app.workflow.handoffs import HandoffAction

LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Refuse:
    """Why it does not belong here, and where it does (所管外); None for unknown."""

    version: int
    reason: str
    suggested_id: int | None = None


def refuse(handoff: Handoff, command: Refuse, *, actor: User) -> None:
    """Give a hand-off back (所管外として返す); the second refusal of a case goes up to the leads.

    The drafts of the reply stay inside the ministry. Raises NotAllowed, StaleVersion,
    IllegalTransition, InvalidInput.
    """
    authorize_coordinator(actor, handoff)
    check_handoff_version(handoff, command.version)
    errors = _errors(handoff, command)
    if errors:
        raise InvalidInput(errors)
    handoff.suggested_id = command.suggested_id
    move_handoff(
        handoff,
        HandoffAction.REFUSE,
        actor=actor,
        reason=command.reason,
        changes={"suggested_id": command.suggested_id} if command.suggested_id else None,
    )
    up = leads() if is_refused_twice(handoff) else []
    told = {user.id: user for user in [*office_of(handoff), *leads()]}
    for user in up:
        told.pop(user.id, None)
    tell_office(handoff, "handoff_refused", told.values(), key="refused")
    tell_office(handoff, "handoff_refused_twice", up, key="refused")


def _errors(handoff: Handoff, command: Refuse) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if command.suggested_id is not None:
        body = db.session.get(Organization, command.suggested_id)
        if body is None or not _can_be_right(body):
            errors["suggested_id"] = ["所管と思われる府省庁を、一覧から選んでください"]
        elif body.id == handoff.destination_id:
            errors["suggested_id"] = [
                "自府省庁以外を選んでください。分からないときは空けてください"
            ]
    if is_blank(command.reason):
        errors["reason"] = ["所管外とする理由を入力してください"]
    elif count_characters(command.reason) > LONGEST_REASON:
        errors["reason"] = [f"理由は{LONGEST_REASON}文字以内で入力してください"]
    return errors


def _can_be_right(body: Organization) -> bool:
    return body.kind is OrganizationKind.MINISTRY and body.exists_on(clock.today())
