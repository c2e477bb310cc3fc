"""Joining after the round (追加共同提案): the lead opens a window, other bodies join."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.models import JoiningWindow, OpenedProposal
from app.proposals.policy import OPEN_JOINING_REFUSED, can_open_joining
from app.proposals.sharing.joining import openable_proposals
from app.rounds.letters import write_in_round
from app.rounds.models import Round

ROUND_OPEN = "募集が終わっていない募集回では、追加共同提案の照会を始められません。"


@dataclass(frozen=True, kw_only=True)
class SetWindow:
    """End, note and proposals of a joining window (追加共同提案の照会).

    `closes_at` is the last second in time. `reason` is asked for when a window is changed.
    """

    closes_at: datetime
    note: str
    proposal_ids: frozenset[int]
    reason: str = ""


def open_window(round_: Round, command: SetWindow, *, actor: User) -> JoiningWindow:
    """Open chosen proposals of a closed round to the other bodies, at once (照会の開始).

    Raises NotAllowed, IllegalTransition while the round is open, InvalidInput.
    """
    _authorize(actor)
    if clock.now() <= round_.closes_at:
        raise IllegalTransition(ROUND_OPEN)
    now = clock.now()
    chosen = _chosen(round_, command, actor, after=now)
    window = JoiningWindow(
        round_id=round_.id,
        opens_at=now,
        closes_at=command.closes_at,
        note=command.note,
        opened_by_id=actor.id,
        created_at=now,
        opened=[OpenedProposal(proposal_id=proposal_id) for proposal_id in chosen],
    )
    db.session.add(window)
    db.session.flush()
    _record(window, "joining_window.open", actor, {"proposals": len(chosen)})
    _announce(window)
    return window


def change_window(window: JoiningWindow, command: SetWindow, *, version: int, actor: User) -> None:
    """Change the end, the note or the proposals of a window (照会の変更), with a reason.

    A proposal the actor may not know of stays as it is. Raises NotAllowed, StaleVersion,
    InvalidInput.
    """
    _authorize(actor)
    _check_window_version(window, version)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["照会を変える理由を入力してください"]})
    chosen = set(_chosen(window.round, command, actor, after=window.opens_at))
    openable = {row.id for row in openable_proposals(actor, window.round)}
    before = {row.proposal_id for row in window.opened}
    hidden = before - openable
    changes = {
        "old": format_datetime(window.closes_at),
        "new": format_datetime(command.closes_at),
        "opened": sorted(chosen - before),
        "closed": sorted(before - chosen - hidden),
    }
    kept = [row for row in window.opened if row.proposal_id in chosen | hidden]
    added = [OpenedProposal(proposal_id=row) for row in sorted(chosen - before)]
    window.opened = [*kept, *added]
    window.closes_at = command.closes_at
    window.note = command.note
    db.session.flush()
    _record(window, "joining_window.change", actor, changes, command.reason)


def _authorize(actor: User) -> None:
    if not can_open_joining(actor):
        raise NotAllowed(OPEN_JOINING_REFUSED)


def _check_window_version(window: JoiningWindow, version: int) -> None:
    """Lock the window; refuse a form that was opened on an older one. Raises StaleVersion."""
    present = db.session.scalar(
        select(JoiningWindow.version).where(JoiningWindow.id == window.id).with_for_update()
    )
    if not window.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def _chosen(round_: Round, command: SetWindow, actor: User, *, after: datetime) -> list[int]:
    errors: dict[str, list[str]] = {}
    openable = {row.id for row in openable_proposals(actor, round_)}
    if not command.proposal_ids:
        errors["proposals"] = ["照会にかける提案を1件以上選んでください"]
    elif not command.proposal_ids <= openable:
        errors["proposals"] = ["選べない提案が含まれています。一覧から選び直してください"]
    if command.closes_at <= after:
        errors["closes_on"] = ["締切は、照会を始める日以後の日にしてください"]
    if errors:
        raise InvalidInput(errors)
    return sorted(command.proposal_ids)


def _record(
    window: JoiningWindow,
    verb: str,
    actor: User,
    changes: Mapping[str, Any],
    reason: str = "",
) -> None:
    subject = Subject(type="joining_window", id=window.id, version=window.version)
    changes = {"round": window.round.key, **changes}
    record(verb, subject, actor=actor, changes=changes, reason=reason)


def _announce(window: JoiningWindow) -> None:
    """Write to the managers of all bodies (照会の知らせ)."""
    write_in_round(
        window.round,
        "joining_opened",
        db.session.scalars(users_with_role(Role.PROPOSER_MANAGER)),
        key=f"joining_opened:{window.id}",
        path="/joining",
        round_label=window.round.label,
        closes_at=format_datetime(window.closes_at),
    )
