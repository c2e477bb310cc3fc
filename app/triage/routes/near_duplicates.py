"""Pairs of cases that say nearly the same (ほぼ同じ提案), those that go different ways first."""

from flask import render_template

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import NotFound
from app.rounds.choice import chosen_round
from app.triage.consistency import differences_of_round
from app.triage.routes.blueprint import blueprint

MOST_SHOWN = 200
NO_ROUND = "募集回がまだありません。"


@blueprint.get("/triage/near-duplicates")
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def near_duplicates() -> str:
    """All open pairs of the chosen round (ほぼ同じ提案の一覧)."""
    round_ = chosen_round()
    if round_ is None:
        raise NotFound(NO_ROUND)
    pairs, left_out = differences_of_round(current_actor(), round_)
    return render_template(
        "triage/near_duplicates.html",
        round=round_,
        pairs=pairs[:MOST_SHOWN],
        total=len(pairs),
        differing=sum(row.is_different for row in pairs),
        left_out=left_out,
    )
