"""Settings of the form check of a round (形式確認の設定): lines by hand, phrases for returns."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.rounds.queries import get_round
from app.triage.forms.check_settings import ChecklistSettingsForm
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, carried_out
from app.triage.services.check_settings import change_checklist


@blueprint.route("/rounds/<key>/form-check", methods=["GET", "POST"], endpoint="check_settings")
@roles(Role.ADMIN)
def check_settings(key: str) -> Answer:
    """Change the lines of the form check and the phrases of a round (形式確認の設定)."""
    actor = current_actor()
    round_ = get_round(key)
    form = ChecklistSettingsForm(round_=round_, version=round_.version)
    if carried_out(form, lambda: change_checklist(round_, form.to_command(), actor=actor)):
        flash("形式確認の設定を保存しました。次に開く形式確認から使います。", "status")
        return redirect(url_for("triage.check_settings", key=key))
    page = render_template("triage/check_settings.html", round=round_, form=form)
    return page, 422 if form.is_submitted() else 200
