"""Beginning and ending a viewing (代理閲覧の画面)."""

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.labels import ROLE_LABELS
from app.accounts.models import Role, User
from app.accounts.services.viewing import VIEWING_MINUTES, begin_viewing, end_viewing
from app.core.access import roles, signed_in
from app.core.text import normalize_input
from app.core.unit_of_work import unit_of_work
from app.core.viewing import running_viewing
from app.viewing.forms import ViewAsForm
from app.viewing.queries import MOST_FOUND, find_people, get_viewable

blueprint = Blueprint("viewing", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.get("/view-as")
@roles(Role.LEAD, Role.ADMIN)
def index() -> str:
    """Find the person (代理閲覧の相手を探す)."""
    words = normalize_input(request.args.get("q", "")).strip()
    return render_template(
        "viewing/index.html",
        words=words,
        people=find_people(words, current_actor()),
        most=MOST_FOUND,
        minutes=VIEWING_MINUTES,
        role_labels=ROLE_LABELS,
    )


@blueprint.route("/view-as/<int:user_id>", methods=["GET", "POST"])
@roles(Role.LEAD, Role.ADMIN)
def begin(user_id: int) -> Answer:
    """Say why, and begin (代理閲覧の開始)."""
    actor = current_actor()
    target = get_viewable(actor, user_id)
    form = ViewAsForm()
    if form.validate_on_submit():
        token = actor.get_id()
        with unit_of_work():
            begin_viewing(target, form.to_command(), actor=actor, token=token)
        return redirect(url_for("dashboard.home"))
    page = render_template(
        "viewing/begin.html",
        form=form,
        target=target,
        minutes=VIEWING_MINUTES,
        role_labels=ROLE_LABELS,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/view-as/end")
@signed_in
def end() -> Response:
    """End it and go home (代理閲覧の終了); nothing happens where it is over already."""
    viewing = running_viewing()
    if viewing is not None:
        token = current_actor().get_id()
        with unit_of_work():
            end_viewing(viewing.target.id, actor=cast(User, viewing.real), token=token)
        flash("代理閲覧を終えました。ここからは自分の画面です。", "status")
    return redirect(url_for("dashboard.home"))
