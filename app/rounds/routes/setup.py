"""Pages that set a round up (募集回の複製・設定)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core import clock
from app.core.access import roles
from app.core.calendar import CalendarRangeError
from app.core.closing_days import office_calendar
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.rounds.forms.setup import CloneForm, settings_form
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.rounds.routes.blueprint import Answer, blueprint
from app.rounds.services.cloning import clone_round, suggest_clone
from app.rounds.services.settings import edit_round


@blueprint.route("/rounds/<key>/clone", methods=["GET", "POST"])
@roles(Role.ADMIN)
def clone(key: str) -> Answer:
    """Open the next round from this one (募集回の複製)."""
    actor = current_actor()
    source = get_round(key)
    form = CloneForm.filled(suggest_clone(source))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                made = clone_round(source, form.to_command(), actor=actor)
                made_key, label, warning = made.key, made.label, _closing_warning(made)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"募集回「{label}」を作りました。様式と設定を確かめてください。", "status")
            if warning:
                flash(warning, "warning")
            return redirect(url_for("rounds.show", key=made_key))
    page = render_template("rounds/clone.html", source=source, form=form)
    return page, 422 if form.is_submitted() else 200


def _closing_warning(round_: Round) -> str:
    """Say that an announced end falls on a closed day (閉庁日); it stands all the same."""
    day = clock.to_jst(round_.closes_at).date()
    try:
        reason = office_calendar().closing_reason(day)
    except CalendarRangeError:
        return "締切の年の祝日がまだ分からないため、閉庁日かどうかを確かめられません。"
    return f"締切の日は閉庁日（{reason}）です。日付は指定のとおりとしました。" if reason else ""


@blueprint.route("/rounds/<key>/settings", methods=["GET", "POST"])
@roles(Role.ADMIN)
def settings(key: str) -> Answer:
    """Change the settings of a round (募集回の設定)."""
    actor = current_actor()
    round_ = get_round(key)
    form = settings_form(round_)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                changed = edit_round(round_, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            words = "設定を変えました。" if changed else "変わったところはありません。"
            flash(words, "status")
            # Above this feature: the page that shows which running dates would move, and asks.
            if any(name.startswith("term.") for name in changed):
                return redirect(url_for("deadlines.recount", key=key))
            return redirect(url_for("rounds.show", key=key))
    page = render_template("rounds/settings.html", round=round_, form=form)
    return page, 422 if form.is_submitted() else 200
