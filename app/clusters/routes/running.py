"""Asking for a run and watching it (まとめ直し)."""

from flask import flash, redirect, url_for

from app.accounts.current import current_actor
from app.clusters.forms import RoundForm
from app.clusters.pages import run_page
from app.clusters.policy import CORRECTORS, READERS
from app.clusters.queries import get_run
from app.clusters.routes.blueprint import Answer, blueprint
from app.clusters.services.runs import ask_run
from app.core.access import roles
from app.core.unit_of_work import unit_of_work
from app.rounds.queries import get_round

ASKED = "まとめ直しを受け付けました。この画面を閉じても続きます。"


@blueprint.post("/rounds/<key>/clusters/runs")
@roles(*CORRECTORS)
def ask(key: str) -> Answer:
    """Put a run over a round in line (まとめ直す)."""
    actor, round_ = current_actor(), get_round(key)
    if not RoundForm().validate_on_submit():
        return redirect(url_for("clusters.index", round=key))
    with unit_of_work():
        run_id = ask_run(round_, actor=actor).id
    flash(ASKED, "status")
    return redirect(url_for("clusters.show_run", run_id=run_id))


@blueprint.get("/triage/clusters/runs/<int:run_id>")
@roles(*READERS)
def show_run(run_id: int) -> Answer:
    """How far a run has come (まとめ直しの進み具合)."""
    return run_page(get_run(run_id))
