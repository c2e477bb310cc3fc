"""Getting back in (ログインできない人): a link for a new password, a second factor taken off."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.forms import FactorResetDecisionForm, FactorResetForm, ResetPasswordForm
from app.accounts.managed import get_managed_user
from app.accounts.models import Role
from app.accounts.routes.blueprint import Answer, blueprint
from app.accounts.routes.body import MANAGERS
from app.accounts.services.factor_resets import (
    all_reset_requests,
    ask_reset,
    decide_reset,
    get_reset_request,
)
from app.accounts.services.own_password import NOT_USABLE, make_reset_link, use_reset_link
from app.accounts.services.own_sessions import end_sessions_as_manager
from app.accounts.services.reset_links import find_usable_link
from app.core.access import public, roles
from app.core.errors import InvalidInput, NotFound
from app.core.letterhead import absolute_url
from app.core.unit_of_work import unit_of_work

# Far longer than any token of ours.
LONGEST_TOKEN = 200


@blueprint.post("/users/<int:user_id>/reset-link")
@roles(*MANAGERS)
def reset_link(user_id: int) -> Answer:
    """Make a link for a new password, shown once (再設定のリンク)."""
    actor = current_actor()
    found = get_managed_user(actor, user_id)
    with unit_of_work():
        link, token = make_reset_link(found, actor=actor)
        expires_at = link.expires_at
    # Not redirected: the token is stored nowhere, this answer is the only one to have it.
    return render_template(
        "accounts/reset_link.html",
        user=found,
        link=absolute_url(url_for("accounts.reset_password", token=token)),
        expires_at=expires_at,
    )


@blueprint.route("/password-reset", methods=["GET", "POST"])
@public
def reset_password() -> Answer:
    """Choose a new password with a link (パスワードの再設定).

    The token stands in the query, which no log keeps; a path would be kept.
    """
    form = ResetPasswordForm()
    if request.method in ("GET", "HEAD"):
        form.token.data = request.args.get("token", "")
    token = (form.token.data or "")[:LONGEST_TOKEN]
    link = find_usable_link(token)
    if link is None:
        raise NotFound(NOT_USABLE)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                use_reset_link(token, form.password.data or "")
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("パスワードを変えました。新しいパスワードでログインしてください。", "status")
            return redirect(url_for("accounts.login"))
    page = render_template("accounts/reset_password.html", form=form, user=link.user)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/password-forgotten")
@public
def password_forgotten() -> str:
    """What to do without password or device (ログインできないとき): the same for everybody."""
    return render_template("accounts/password_forgotten.html")


@blueprint.post("/users/<int:user_id>/sessions/end")
@roles(*MANAGERS)
def end_user_sessions(user_id: int) -> Response:
    """Sign somebody out everywhere (利用者のログアウト)."""
    actor = current_actor()
    found = get_managed_user(actor, user_id)
    with unit_of_work():
        end_sessions_as_manager(found, actor=actor)
    flash("この利用者のログインを、すべて終わらせました。", "status")
    return redirect(url_for("accounts.user", user_id=user_id))


@blueprint.route("/users/<int:user_id>/factor-reset", methods=["GET", "POST"])
@roles(*MANAGERS)
def ask_factor_reset(user_id: int) -> Answer:
    """Ask that a second factor be taken off (二要素認証の解除の依頼)."""
    actor = current_actor()
    found = get_managed_user(actor, user_id)
    form = FactorResetForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                ask_reset(found, form.reason.data or "", actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash("解除を依頼しました。ほかのシステム管理の人が承認すると効きます。", "status")
            return redirect(url_for("accounts.user", user_id=user_id))
    page = render_template("accounts/ask_factor_reset.html", form=form, user=found)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/factor-resets")
@roles(Role.ADMIN)
def factor_resets() -> str:
    """All requests to take a second factor off, those that wait first (解除の依頼の一覧)."""
    return render_template("accounts/factor_resets.html", requests=all_reset_requests())


@blueprint.route("/factor-resets/<int:request_id>", methods=["GET", "POST"])
@roles(Role.ADMIN)
def factor_reset(request_id: int) -> Answer:
    """Approve or decline a request (解除の承認)."""
    actor, asked = current_actor(), get_reset_request(request_id)
    form = FactorResetDecisionForm()
    if form.validate_on_submit():
        with unit_of_work():
            decide_reset(asked, form.chosen(), actor=actor)
        flash("答えを記録しました。", "status")
        return redirect(url_for("accounts.factor_resets"))
    page = render_template(
        "accounts/factor_reset.html",
        form=form,
        asked=asked,
        is_alone=actor.id in (asked.user_id, asked.requested_by_id),
    )
    return page, 422 if form.is_submitted() else 200
