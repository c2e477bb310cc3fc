"""Releasing replies (回答の公開): shown first as the bodies will read them, then all at once."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.answers.forms.release import ReleaseForm, chosen_in, is_number
from app.answers.reply_list import release_preview
from app.answers.routes.blueprint import Answer, blueprint
from app.answers.services.release import release_replies
from app.core.access import roles
from app.core.errors import NotFound
from app.extensions import db
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import list_rounds
from app.triage.routes.case import carried_out

NO_ROUND = "募集回がありません。募集回を登録してから開いてください。"
# So many bodies are shown in full at first; the others on demand.
SAMPLES = 3


@blueprint.route("/replies/release", methods=["GET", "POST"])
@roles(Role.LEAD)
def release() -> Answer:
    """Show what a release would show to whom, and carry it out (回答の公開)."""
    actor = current_actor()
    round_ = round_asked_for(request.args.get("round", ""))
    if round_ is None:
        raise NotFound(NO_ROUND)
    form = ReleaseForm()
    if carried_out(form, lambda: release_replies(round_, form.to_command(), actor=actor)):
        count = len(form.to_command().replies)
        flash(f"{count}件の回答を公開しました。団体の画面に出ています。", "status")
        return redirect(url_for("answers.overview", round=round_.key, standing="released"))
    preview = release_preview(actor, round_, _ids(form))
    form.replies.data = preview.chosen
    page = render_template(
        "answers/release.html", form=form, round=round_, preview=preview, samples=SAMPLES
    )
    return page, 422 if form.errors or form.form_errors else 200


def round_asked_for(key: str) -> Round | None:
    """Round that an address names (募集回), the chosen one without a name or with a wrong one."""
    named = [row for row in db.session.scalars(list_rounds()) if key and row.key == key]
    return named[0] if named else chosen_round()


def _ids(form: ReleaseForm) -> list[int]:
    if form.is_submitted():
        return [row.reply_id for row in chosen_in(form.replies.data or "")]
    return [int(word) for word in request.args.getlist("reply") if is_number(word)]
