"""Asking for a link by mail (再設定の申込みの画面): it tells nobody who exists (P38)."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.services.reset_wishes import wish_for_link
from app.accounts.services.sign_in import TooManyTries
from app.core.access import public
from app.core.unit_of_work import unit_of_work
from app.notifications.forms import LostPasswordForm

blueprint = Blueprint("lost_passwords", __name__)


@blueprint.route("/password-forgotten/mail", methods=["GET", "POST"])
@public
def ask() -> str | Response | tuple[str, int]:
    """Ask for a link to one's address (再設定の申込み): answered alike for everybody."""
    form = LostPasswordForm()
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    try:
        with unit_of_work():
            wish_for_link(form.login.data or "", source=request.remote_addr or "")
    except TooManyTries as error:
        form.login.errors = [error.message]
        return _page(form), 429
    return redirect(url_for("lost_passwords.asked"))


@blueprint.get("/password-forgotten/asked")
@public
def asked() -> str:
    """What happens after asking (申込みの後): the same page whether there is an account."""
    return render_template("notifications/lost_password_asked.html")


def _page(form: LostPasswordForm) -> str:
    return render_template("notifications/lost_password.html", form=form)
