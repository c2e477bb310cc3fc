"""Cases in which nothing happened for a while (動きのない提案), for leads."""

from datetime import date, datetime
from heapq import nsmallest
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.triage.worklist.waiting import cases_by_id, waiting_cases
from app.workflow.states import State

# With the secretariat, and not put off: somebody should have moved.
MOVING_STATES = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW, State.IN_CONFIRMATION)
SHOWN = 20


class SilentCase(NamedTuple):
    """A case without any act since a day (JST), and how many office days that is."""

    proposal: Proposal
    last_moved_on: date
    office_days: int


class Silence(NamedTuple):
    """Cases without movement (動きのない提案): the longest silent ones, and how many there are."""

    rows: list[SilentCase]
    total: int


def silent_cases(actor: User, round_: Round) -> Silence:
    """Cases of a round the actor may see without an act for the days the round says (動きなし).

    The longest silence first. Any act counts that the history of the case tells of.
    """
    of_round = (Proposal.round_id == round_.id, Proposal.state.in_(MOVING_STATES))
    cases = waiting_cases(actor, *of_round)
    moved = _last_moves(*of_round)
    days = {case.id: clock.to_jst(moved.get(case.id, case.state_since)).date() for case in cases}
    today = clock.today()
    ages = {day: office_calendar().office_days_between(day, today) for day in {*days.values()}}
    silent = [key for key, day in days.items() if ages[day] >= round_.silent_after_days]
    shown = nsmallest(SHOWN, silent, key=lambda key: (days[key], key))
    found = cases_by_id(shown)
    rows = [SilentCase(found[key], days[key], ages[days[key]]) for key in shown]
    return Silence(rows, len(silent))


def _last_moves(*conditions: ColumnElement[bool]) -> dict[int, datetime]:
    rows = db.session.execute(
        select(AuditEvent.subject_id, func.max(AuditEvent.occurred_at))
        .where(
            AuditEvent.subject_type == "proposal",
            AuditEvent.subject_id.in_(select(Proposal.id).where(*conditions)),
        )
        .group_by(AuditEvent.subject_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
