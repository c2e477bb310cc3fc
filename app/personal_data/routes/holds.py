"""Cases that are kept for now (廃棄の保留)."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.personal_data.forms import HoldForm, LiftForm
from app.personal_data.labels import GROUND_LABELS
from app.personal_data.policy import can_write
from app.personal_data.queries import get_hold, holds_seen
from app.personal_data.routes.blueprint import CASE_READERS, WRITERS, Answer, blueprint
from app.personal_data.services.holds import lift_hold, place_hold


@blueprint.get("/personal-data/holds")
@roles(*CASE_READERS)
def holds() -> Answer:
    """Every hold the reader may know of (廃棄の保留)."""
    return _page(HoldForm(formdata=None))


@blueprint.post("/personal-data/holds")
@roles(*WRITERS)
def hold() -> Answer:
    """Keep a case for now (廃棄の保留)."""
    form = HoldForm()
    if form.validate():
        try:
            with unit_of_work():
                place_hold(form.to_command(), actor=current_actor())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("廃棄を保留しました。解くまで、この提案の個人情報は残ります。", "status")
            return redirect(url_for("personal_data.holds"))
    return _page(form), 422


@blueprint.route("/personal-data/holds/<int:hold_id>/lift", methods=["GET", "POST"])
@roles(*WRITERS)
def hold_lift(hold_id: int) -> Answer:
    """Let a case go its way again (保留の解除)."""
    actor = current_actor()
    found = get_hold(actor, hold_id)
    form = LiftForm()
    if form.validate_on_submit():
        with unit_of_work():
            lift_hold(found, form.reason.data or "", actor=actor)
        flash("保留を解きました。計画の期日を過ぎていれば、次の一覧に入ります。", "status")
        return redirect(url_for("personal_data.holds"))
    page = render_template("personal_data/lift.html", hold=found, form=form, grounds=GROUND_LABELS)
    return page, 422 if form.errors else 200


def _page(form: HoldForm) -> str:
    actor = current_actor()
    return render_template(
        "personal_data/holds.html",
        holds=holds_seen(actor),
        form=form,
        grounds=GROUND_LABELS,
        may_write=can_write(actor),
    )
