"""Giving running periods the present terms of their round (日数の変更の反映の画面)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.core.errors import InvalidInput
from app.deadlines.calendar_view import move_lines
from app.deadlines.forms import RecountForm
from app.deadlines.moves import print_of
from app.deadlines.routes.agreed import done_as_agreed
from app.deadlines.routes.blueprint import blueprint
from app.deadlines.services import terms as services
from app.rounds.queries import get_round
from app.triage.routes.case import Answer


@blueprint.route("/rounds/<key>/recount", methods=["GET", "POST"])
@roles(Role.ADMIN)
def recount(key: str) -> Answer:
    """Show which running dates the present terms would move, then move them (数え直し)."""
    actor = current_actor()
    round_ = get_round(key)
    form = RecountForm()
    if form.validate_on_submit():
        command = form.to_command()
        try:
            if done_as_agreed(form, lambda: services.recount(round_, command, actor=actor)):
                flash("進行中の期限を数え直しました。", "status")
                return redirect(url_for("rounds.show", key=key))
        except InvalidInput as error:
            form.add_errors(error.errors)
    moves = services.rehearse_recount(round_, actor=actor)
    form.agreed.data = print_of(moves)
    page = render_template(
        "deadlines/recount.html", form=form, round=round_, lines=move_lines(moves, actor)
    )
    return page, 422 if form.errors or form.form_errors else 200
