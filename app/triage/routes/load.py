"""Work in hand per person (手持ちの件数)."""

from flask import render_template

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.rounds.choice import chosen_round
from app.triage.loads import load_total, reviewer_loads
from app.triage.routes.assignment_tabs import assignment_tabs
from app.triage.routes.blueprint import blueprint


@blueprint.get("/triage/load")
@roles(Role.OFFICER, Role.LEAD)
def load() -> str:
    """Work in hand of each reviewer for a lead; one's own and the total for an officer (負荷)."""
    actor = current_actor()
    round_ = chosen_round()
    return render_template(
        "triage/load.html",
        round=round_,
        rows=reviewer_loads(actor, round_) if round_ else [],
        total=load_total(actor, round_) if round_ else None,
        is_lead=actor.has_role(Role.LEAD),
        tabs=assignment_tabs(actor, "triage.load"),
    )
