"""The duties of the ministries (所管): read by the secretariat, kept by its leads."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Organization, Role
from app.accounts.queries import list_ministries
from app.audit.words import name_verbs
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.core.uploads import takes_files
from app.files.serving import disposition
from app.proposals.queries import SECRETARIAT_ROLES
from app.routing.files import duties_csv, read_duties
from app.routing.forms import FILE_LIMIT, CatchAllForm, DutyFileForm, DutyForm, EndForm
from app.routing.policy import can_edit_duties
from app.routing.queries import all_duties, catch_all, catch_all_duty, get_duty
from app.routing.services.duties import add_duties, add_duty, end_duty, name_catch_all
from app.routing.verbs import ROUTING_WORDS

blueprint = Blueprint("routing", __name__)

Answer = str | Response | tuple[str, int]

name_verbs(ROUTING_WORDS)


@blueprint.get("/duties")
@roles(*SECRETARIAT_ROLES)
def duties() -> str:
    """Duties of the ministries, those that hold and those that ended (所管)."""
    today = clock.today()
    rows = [row for row in all_duties() if not row.is_catch_all]
    return render_template(
        "routing/index.html",
        holding=[row for row in rows if row.valid_until is None or row.valid_until >= today],
        ended=[row for row in rows if row.valid_until is not None and row.valid_until < today],
        rest=catch_all(),
        rest_duty=catch_all_duty(),
        may_edit=can_edit_duties(current_actor()),
        file_form=DutyFileForm(formdata=None),
        today=today,
    )


@blueprint.route("/duties/new", methods=["GET", "POST"])
@roles(Role.LEAD)
def new_duty() -> Answer:
    """Register a duty (所管の登録)."""
    form = DutyForm(ministries=_ministries())
    if form.validate_on_submit():
        try:
            with unit_of_work():
                add_duty(form.to_command(), actor=current_actor())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("所管を登録しました。これから示す送付先の候補に使われます。", "status")
            return redirect(url_for("routing.duties"))
    return render_template("routing/new.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/duties/rest", methods=["GET", "POST"])
@roles(Role.LEAD)
def rest() -> Answer:
    """Name where a case goes that nothing speaks for (その他の宛先)."""
    present, body = catch_all_duty(), catch_all()
    form = CatchAllForm(
        ministries=_ministries(),
        organization_id=str(body.id) if body else "",
        seen_id=str(present.id if present else 0),
    )
    if form.validate_on_submit():
        try:
            with unit_of_work():
                name_catch_all(form.to_command(), actor=current_actor())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("その他の宛先を変えました。", "status")
            return redirect(url_for("routing.duties"))
    return render_template("routing/rest.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/duties/<int:duty_id>/end", methods=["GET", "POST"])
@roles(Role.LEAD)
def end(duty_id: int) -> Answer:
    """End a duty (所管の終了); it stays in the list of those that ended."""
    duty = get_duty(duty_id)
    form = EndForm(version=duty.version)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                end_duty(duty, form.to_command(), actor=current_actor())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("所管を終えました。今日まで有効です。", "status")
            return redirect(url_for("routing.duties"))
    page = render_template("routing/end.html", form=form, duty=duty)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/duties.csv")
@roles(*SECRETARIAT_ROLES)
def duties_file() -> Response:
    """The duties as a CSV (所管の出力)."""
    answer = make_response(duties_csv(all_duties()))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    answer.headers["Content-Disposition"] = disposition(f"所管_{clock.today():%Y%m%d}.csv")
    return answer


@blueprint.post("/duties/import")
@roles(Role.LEAD)
@takes_files(FILE_LIMIT)
def import_duties() -> Answer:
    """Take duties from a table, all or none (所管の取込み)."""
    form = DutyFileForm()
    if form.validate():
        try:
            commands = read_duties(form.name, form.content, _ministries())
            with unit_of_work():
                added = add_duties(commands, actor=current_actor())
        except InvalidInput as error:
            said = [words for found in error.errors.values() for words in found]
            form.add_errors({"file": said})
        else:
            flash(f"{added:,}件の所管を取り込みました。同じものは加えていません。", "status")
            return redirect(url_for("routing.duties"))
    return render_template("routing/import.html", form=form), 422


def _ministries() -> list[Organization]:
    today = clock.today()
    return [row for row in list_ministries() if row.exists_on(today)]
