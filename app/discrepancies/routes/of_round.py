"""Pages of the discrepancies of a round (食い違い)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.discrepancies.forms import ExplainForm
from app.discrepancies.policy import authorize_explain, can_explain
from app.discrepancies.routes.blueprint import Answer, blueprint
from app.discrepancies.services import explain_discrepancy
from app.discrepancies.standing import CONFLICT_NOTE, discrepancies_of, get_standing
from app.proposals.queries import SECRETARIAT_ROLES
from app.rounds.queries import get_round


@blueprint.get("/rounds/<key>/discrepancies")
@roles(*SECRETARIAT_ROLES)
def index(key: str) -> str:
    """What does not agree in a round, with what was said of it (食い違い)."""
    reader = current_actor()
    round_ = get_round(key)
    return render_template(
        "discrepancies/index.html",
        round=round_,
        overview=discrepancies_of(round_, reader),
        can_explain=can_explain(reader),
        conflict_note=CONFLICT_NOTE,
    )


@blueprint.route(
    "/rounds/<key>/discrepancies/<kind>/<finding_key>",
    methods=["GET", "POST"],
)
@roles(*SECRETARIAT_ROLES)
def show(key: str, kind: str, finding_key: str) -> Answer:
    """One discrepancy, its explanations, and a new one (食い違いの説明)."""
    actor = current_actor()
    round_ = get_round(key)
    standing = get_standing(round_, kind, finding_key, actor)
    form = ExplainForm()
    if form.is_submitted():
        authorize_explain(actor)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                explain_discrepancy(round_, form.to_command(kind, finding_key), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("説明を残しました。前の説明も残っています。", "status")
            return redirect(url_for("discrepancies.index", key=key))
    if not form.is_submitted():
        form.seen.data = standing.mark
    page = render_template(
        "discrepancies/show.html",
        round=round_,
        standing=standing,
        form=form,
        can_explain=can_explain(actor),
    )
    return page, 422 if form.is_submitted() else 200
