"""What each ministry has in hand, and how long it takes (府省庁の負荷)."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from flask import render_template
from sqlalchemy import select

from app.accounts.current import current_actor
from app.accounts.models import User
from app.accounts.queries import list_ministries
from app.candidates.models import Candidate, CandidateMinistry
from app.candidates.queries import candidates_visible_to
from app.casework.handoff_pages.blueprint import blueprint
from app.core.access import roles
from app.extensions import db
from app.plans.models import Plan, PlanStatus
from app.proposals.queries import SECRETARIAT_ROLES
from app.registers.models import REGISTER_LABELS
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.routing.forecast import FEWEST_REPLIES
from app.routing.load import COUNTED_REGISTERS, MinistryLoad, ministry_loads, ministry_of_each
from app.workflow.candidates import CandidateKind, CandidateState, MinistryPart

OVER = (CandidateState.OTHER_MEANS, CandidateState.DROPPED, CandidateState.IN_SERVICE)


class LoadLine(NamedTuple):
    """One ministry in the table (府省庁の行)."""

    load: MinistryLoad
    candidates: int
    plans: int
    plan_due_on: date | None


@blueprint.get("/handoffs/load")
@roles(*SECRETARIAT_ROLES)
def load() -> str:
    """Loads of all ministries that have anything in hand (府省庁の負荷), the most open first."""
    actor, round_ = current_actor(), chosen_round()
    lines = load_lines(actor, round_)
    # A register that names no ministry would show noughts that mean nothing.
    named = [row for row in COUNTED_REGISTERS if any(line.load.rows[row] for line in lines)]
    return render_template(
        "handoffs/load.html",
        lines=lines,
        registers=[(row, REGISTER_LABELS[row]) for row in named],
        fewest=FEWEST_REPLIES,
        round=round_,
    )


def load_lines(actor: User, round_: Round | None) -> list[LoadLine]:
    """Lines of the table (府省庁の負荷); a ministry without anything has none."""
    loads = ministry_loads(actor, round_)
    tops = ministry_of_each(list_ministries())
    candidates, plans, due = _plans(actor, round_, tops)
    lines = [
        LoadLine(load, candidates[key], plans[key], due.get(key)) for key, load in loads.items()
    ]
    return sorted(
        (row for row in lines if row.load.is_busy or row.candidates),
        key=lambda row: (-row.load.open_count, -row.load.rows.total(), row.load.ministry.id),
    )


def _plans(
    actor: User, round_: Round | None, tops: dict[int, int]
) -> tuple[Counter[int], Counter[int], dict[int, date]]:
    """Candidates in work and plans to be written, by the ministry in charge (対象候補・方針)."""
    is_practice = round_ is not None and round_.is_practice
    side = Candidate.round_id == round_.id if round_ and is_practice else ~Round.is_practice
    rows = db.session.execute(
        select(CandidateMinistry.organization_id, Plan.due_on)
        .join(Candidate, Candidate.id == CandidateMinistry.candidate_id)
        .join(Round, Round.id == Candidate.round_id)
        .outerjoin(Plan, (Plan.candidate_id == Candidate.id) & (Plan.status == PlanStatus.DRAFT))
        .where(
            candidates_visible_to(actor),
            side,
            Candidate.cancelled_at.is_(None),
            Candidate.kind == CandidateKind.CANDIDATE,
            Candidate.state.not_in(OVER),
            CandidateMinistry.part == MinistryPart.LEAD,
            CandidateMinistry.organization_id.is_not(None),
        )
    )
    candidates: Counter[int] = Counter()
    plans: Counter[int] = Counter()
    due: dict[int, date] = {}
    for organization_id, due_on in rows:
        if organization_id is None:
            continue
        key = tops[organization_id]
        candidates[key] += 1
        if due_on is not None:
            plans[key] += 1
            due[key] = min(due_on, due.get(key, due_on))
    return candidates, plans, due
