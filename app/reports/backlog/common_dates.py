"""Dates of candidates and plans in the weekly report (対象候補・方針の期日)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from app.candidates.models import Candidate
from app.candidates.queries import all_candidates_of, milestones_of, reports_on
from app.candidates.schedule import schedule_of
from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.plans.models import Plan, PlanStatus
from app.rounds.models import Round

STORED_AS = "common_dates"
PLAN_LABEL = "共通化推進方針"
AHEAD = 20  # office days: a plan that is due within them is told of


class CommonDate(NamedTuple):
    """A date of a candidate that went by, or of its plan that comes soon (期日)."""

    candidate_id: int
    name: str
    label: str
    day: date
    is_late: bool


def common_dates_of(round_: Round) -> list[CommonDate]:
    """Milestones that went by, plans that are late or due soon (候補・方針の期日), by date."""
    candidates = {row.id: row for row in all_candidates_of(round_)}
    milestones, reports = milestones_of(candidates), reports_on(candidates)
    found = [
        CommonDate(row.id, row.name, due.label, due.day, is_late=True)
        for row in candidates.values()
        for due in schedule_of(row, milestones.get(row.id, []), reports.get(row.id, [])).late
    ]
    found += [_plan_date(plan) for plan in _plans_due(round_)]
    return sorted(found, key=lambda row: (row.day, row.candidate_id, row.label))


def as_stored(row: CommonDate) -> dict[str, Any]:
    """Shape of a date in a stored backlog (記録の1行): plain JSON values."""
    return {**row._asdict(), "day": row.day.isoformat()}


def from_stored(stored: Mapping[str, Any]) -> CommonDate:
    """The date that was stored (記録の1行)."""
    return CommonDate(**{**stored, "day": date.fromisoformat(stored["day"])})


def _plans_due(round_: Round) -> list[Plan]:
    last = office_calendar().add_office_days(clock.today(), AHEAD)
    return list(
        db.session.scalars(
            select(Plan)
            .join(Plan.candidate)
            .where(
                Candidate.round_id == round_.id,
                Plan.status != PlanStatus.APPROVED,
                Plan.due_on <= last,
            )
            .order_by(Plan.due_on, Plan.id)
        )
    )


def _plan_date(plan: Plan) -> CommonDate:
    candidate = plan.candidate
    is_late = plan.due_on < clock.today()
    return CommonDate(candidate.id, candidate.name, PLAN_LABEL, plan.due_on, is_late=is_late)
