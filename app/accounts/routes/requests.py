"""Pages of the requests to correct master data (団体情報の訂正依頼), for the administrator."""

from flask import flash, redirect, render_template, url_for

from app.accounts.current import current_actor
from app.accounts.forms import AnswerForm
from app.accounts.models import Role
from app.accounts.routes.blueprint import Answer, blueprint
from app.accounts.services.master_data import all_requests, decide, get_request
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work


@blueprint.get("/organizations/requests")
@roles(Role.ADMIN)
def master_data_requests() -> str:
    """All requests, those that wait first (訂正依頼の一覧)."""
    return render_template("accounts/requests.html", requests=all_requests())


@blueprint.route("/organizations/requests/<int:request_id>", methods=["GET", "POST"])
@roles(Role.ADMIN)
def master_data_request(request_id: int) -> Answer:
    """One request with its answer (訂正依頼への回答)."""
    actor, asked = current_actor(), get_request(request_id)
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                decide(asked, form.chosen(), form.answer.data or "", actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("回答しました。団体の画面に出ます。", "status")
            return redirect(url_for("accounts.master_data_requests"))
    page = render_template("accounts/request.html", asked=asked, form=form)
    return page, 422 if form.is_submitted() else 200
