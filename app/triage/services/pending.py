"""Putting a case off and taking it up again (ペンディング・再開)."""

from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.audit.actors import sealed_person
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.rounds.models import Category, Round
from app.rounds.queries import available_categories
from app.triage.blindness import is_blind_round
from app.triage.deputies import acting_changes, person_acted_for
from app.triage.policy import authorize
from app.triage.queries import conflicts_with, reviewers
from app.triage.services.opinions import supersede_open_assessment
from app.workflow.states import Action


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Putting a case off until a date (ペンディング), maybe with a provisional category.

    The owner looks at it again on that date; none stands for whoever puts it off.
    """

    version: int
    reason: str
    revisit_on: date | None
    category_key: str = ""
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Taking a pending case up again (再開)."""

    version: int
    note: str = ""


def hold(proposal: Proposal, command: Hold, *, actor: User) -> None:
    """Put the case off (ペンディング): its clock stops, the revisit date is announced.

    Pending is no category: the provisional one is kept aside. A waiting opinion lends its category
    only where everybody may read it (独立した2人目). Raises NotAllowed, StaleVersion,
    IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.HOLD, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.HOLD)
    named, owner = _checked(proposal, command, actor)
    waiting = supersede_open_assessment(proposal)
    if is_blind_round(proposal.round):
        waiting = None
    proposal.pending_owner_id = owner.id
    if named is not None or waiting is not None:
        proposal.provisional_category = named or (waiting.category if waiting else None)
    provisional = proposal.provisional_category
    advance(
        proposal,
        Action.HOLD,
        actor=actor,
        reason=command.reason,
        announced_on=command.revisit_on,
        changes={
            "provisional_category": provisional.code if provisional else None,
            "pending_owner": sealed_person(owner),
            **acting_changes(person_acted_for(actor, proposal)),
        },
    )


def resume(proposal: Proposal, command: Resume, *, actor: User) -> None:
    """Take a pending case up again (再開): the review clock goes on where it stopped.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize(actor, Action.RESUME, proposal)
    check_version(proposal, command.version)
    proposal.pending_owner_id = None
    advance(proposal, Action.RESUME, actor=actor, reason=command.note)


def is_on_closed_day(day: date) -> bool:
    """Whether an announced date falls on a closed day: it stands, with a warning (閉庁日の警告)."""
    return not office_calendar().is_office_day(day)


def possible_owners(proposal: Proposal) -> list[User]:
    """Who may look at the case again (ペンディングの持ち主): reviewers free of conflicts."""
    conflicted = conflicts_with(proposal)
    return [user for user in db.session.scalars(reviewers()) if user.id not in conflicted]


def _checked(proposal: Proposal, command: Hold, actor: User) -> tuple[Category | None, User]:
    errors: dict[str, list[str]] = {}
    if is_blank(command.reason):
        errors["reason"] = ["ペンディングにする理由を入力してください"]
    problem = _date_problem(proposal.round, command.revisit_on)
    if problem:
        errors["revisit_on"] = [problem]
    choices = {row.key: row for row in available_categories(proposal.round)}
    if command.category_key and command.category_key not in choices:
        errors["category_key"] = ["暫定の分類を一覧から選んでください"]
    owners = {user.id: user for user in possible_owners(proposal)}
    owner = owners.get(command.owner_id or actor.id)
    if owner is None:
        errors["owner_id"] = ["持ち主を一覧から選んでください"]
    if errors or owner is None:
        raise InvalidInput(errors)
    return choices.get(command.category_key), owner


def _date_problem(round_: Round, revisit_on: date | None) -> str:
    last_year = office_calendar().last_valid_year
    if revisit_on is None:
        return "見直し日を入力してください"
    if revisit_on <= clock.today():
        return "見直し日は、明日以降の日付にしてください"
    if round_.revisit_until is not None and revisit_on > round_.revisit_until:
        limit = format_date(round_.revisit_until)
        return f"見直し日は、この募集回の限度（{limit}）までの日付にしてください"
    if revisit_on.year > last_year:
        return f"見直し日は、祝日が決まっている{last_year}年までの日付にしてください"
    return ""
