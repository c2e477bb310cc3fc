"""Putting a case off and taking it up again (ペンディング・再開)."""

from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.rounds.queries import available_categories
from app.triage.policy import authorize
from app.triage.services.opinions import supersede_open_assessment
from app.workflow.states import Action


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Putting a case off until a date (ペンディング), maybe with a provisional category."""

    version: int
    reason: str
    revisit_on: date | None
    category_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Taking a pending case up again (再開)."""

    version: int
    note: str = ""


def hold(proposal: Proposal, command: Hold, *, actor: User) -> None:
    """Put the case off (ペンディング): its clock stops, the revisit date is announced.

    Pending is no category: the provisional one is kept aside. Raises NotAllowed, StaleVersion,
    IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.HOLD, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.HOLD)
    named = _checked_category(proposal, command)
    waiting = supersede_open_assessment(proposal)
    if named is not None or waiting is not None:
        proposal.provisional_category = named or (waiting.category if waiting else None)
    provisional = proposal.provisional_category
    advance(
        proposal,
        Action.HOLD,
        actor=actor,
        reason=command.reason,
        announced_on=command.revisit_on,
        changes={"provisional_category": provisional.code if provisional else None},
    )


def resume(proposal: Proposal, command: Resume, *, actor: User) -> None:
    """Take a pending case up again (再開): the review clock goes on where it stopped.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize(actor, Action.RESUME, proposal)
    check_version(proposal, command.version)
    advance(proposal, Action.RESUME, actor=actor, reason=command.note)


def is_on_closed_day(day: date) -> bool:
    """Whether an announced date falls on a closed day: it stands, with a warning (閉庁日の警告)."""
    return not DEFAULT_CALENDAR.is_office_day(day)


def _checked_category(proposal: Proposal, command: Hold) -> Category | None:
    errors: dict[str, list[str]] = {}
    if is_blank(command.reason):
        errors["reason"] = ["ペンディングにする理由を入力してください"]
    if command.revisit_on is None:
        errors["revisit_on"] = ["見直し日を入力してください"]
    elif command.revisit_on <= clock.today():
        errors["revisit_on"] = ["見直し日は、明日以降の日付にしてください"]
    elif command.revisit_on.year > DEFAULT_CALENDAR.last_valid_year:
        errors["revisit_on"] = [
            f"見直し日は、祝日が決まっている{DEFAULT_CALENDAR.last_valid_year}年までの日付にしてください"
        ]
    choices = {row.key: row for row in available_categories(proposal.round)}
    if command.category_key and command.category_key not in choices:
        errors["category_key"] = ["暫定の分類を一覧から選んでください"]
    if errors:
        raise InvalidInput(errors)
    return choices.get(command.category_key)
