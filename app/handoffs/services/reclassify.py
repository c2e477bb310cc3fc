"""Classifying anew a case that is with ministries (送付中の仕分け直し)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.accounts.models import User
from app.core.errors import InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.handoffs.lifecycle import record_handoff
from app.handoffs.models import Handoff
from app.handoffs.policy import authorize_direction
from app.handoffs.queries import open_handoffs
from app.handoffs.services.recall import take_back_handoff
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal
from app.triage.services.settle import Reclassify, reclassify
from app.workflow.handoffs import HandoffAction, handoff_actions_from


class Fate(StrEnum):
    """What becomes of an open hand-off (送付の扱い)."""

    KEEP = "keep"
    RECALL = "recall"


class Decided(NamedTuple):
    """What was decided of one hand-off, as it stood when it was looked at (送付の扱い)."""

    handoff_id: int
    version: int
    fate: Fate


@dataclass(frozen=True, kw_only=True)
class ReclassifyHandedOff:
    """Back to review with a decision on every open hand-off (送付中の仕分け直し)."""

    version: int
    reason: str
    decided: tuple[Decided, ...]


def reclassify_handed_off(proposal: Proposal, command: ReclassifyHandedOff, *, actor: User) -> None:
    """Send a case back to review, its hand-offs kept or taken back (送付中の仕分け直し).

    All in one transaction. Ministries learn of a recall; a kept one waits until the case is
    classified again. Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_direction(actor, proposal)
    check_version(proposal, command.version)
    rows = open_handoffs(proposal)
    _check(rows, command)
    fates = {row.handoff_id: row.fate for row in command.decided}
    for row in rows:
        if fates[row.id] is Fate.RECALL:
            take_back_handoff(row, command.reason, actor=actor)
    # What the step itself writes comes first: the decision holds for the version that is left.
    proposal.provisional_category = proposal.category
    db.session.flush()
    for row in rows:
        if fates[row.id] is Fate.KEEP:
            row.kept_for_version = proposal.version
            record_handoff(row, "keep", actor=actor, reason=command.reason)
    db.session.flush()
    # The recalls may have moved the date of the case, and with it its version.
    again = Reclassify(version=proposal.version, reason=command.reason)
    reclassify(proposal, again, actor=actor)


def can_take_back(handoff: Handoff) -> bool:
    """Whether a hand-off can still be recalled (取下げ可): not once the ministry answered."""
    return HandoffAction.RECALL in handoff_actions_from(handoff.state, handoff.purpose)


def _check(rows: Sequence[Handoff], command: ReclassifyHandedOff) -> None:
    seen = {row.handoff_id: row.version for row in command.decided}
    if any(row.id in seen and seen[row.id] != row.version for row in rows):
        raise StaleVersion(STALE_MESSAGE)
    fates = {row.handoff_id: row.fate for row in command.decided}
    errors: dict[str, list[str]] = {}
    for row in rows:
        field = fate_field(row)
        if row.id not in fates:
            errors[field] = [f"{row.destination.name}への送付をどうするか選んでください"]
        elif fates[row.id] is Fate.RECALL and not can_take_back(row):
            errors[field] = [f"{row.destination.name}は回答しているため、取り下げられません"]
    if is_blank(command.reason):
        errors["reason"] = ["仕分け直す理由を入力してください"]
    if errors:
        raise InvalidInput(errors)


def fate_field(handoff: Handoff) -> str:
    """Name of the field in which a hand-off is decided (入力項目)."""
    return f"fate_{handoff.id}"
