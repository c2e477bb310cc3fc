"""A person's own account (自分のアカウント): password, second factor, signed-in devices."""

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.forms import DeviceForm, IdentityForm, OwnPasswordForm
from app.accounts.models import User
from app.accounts.policy import requires_second_factor
from app.accounts.routes.blueprint import Answer, blueprint
from app.accounts.routes.identity import asking, is_really
from app.accounts.routes.second_step import codes_page, qr_picture
from app.accounts.routes.sign_in import let_in
from app.accounts.services import own_sessions
from app.accounts.services.own_password import change_own_password
from app.accounts.services.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    count_recovery_codes,
    enrolment_of,
    factor_of,
    has_factor,
    remove_own_factor,
    renew_recovery_codes,
)
from app.accounts.services.sessions import hash_token, open_sessions, start_session
from app.core.access import signed_in
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from config import Settings


@blueprint.get("/account")
@signed_in
def own_account() -> str:
    """One's own account (自分のアカウント)."""
    actor = current_actor()
    return render_template(
        "accounts/own_account.html",
        user=actor,
        factor=factor_of(actor),
        codes_left=count_recovery_codes(actor),
        may_remove=not (_settings().enforces_second_factor() and requires_second_factor(actor)),
        sessions=open_sessions(actor, idle_minutes=_settings().SESSION_IDLE_MINUTES),
        here=hash_token(actor.get_id()),
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
def own_password() -> Answer:
    """Take another password (パスワードの変更)."""
    actor, form = current_actor(), asking(OwnPasswordForm())
    if form.validate_on_submit() and is_really(actor, form):
        try:
            with unit_of_work():
                change_own_password(
                    actor, present=form.present.data or "", password=form.password.data or ""
                )
                token = _new_session(actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            let_in(actor, token)
            flash("パスワードを変えました。ほかの端末のログインは終わりました。", "status")
            return redirect(url_for("accounts.own_account"))
    return _answer("accounts/own_password.html", form)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@signed_in
def own_factor() -> Answer:
    """Begin to set up a device, a first or another one (認証アプリの登録)."""
    actor, form = current_actor(), asking(IdentityForm())
    if form.validate_on_submit() and is_really(actor, form):
        with unit_of_work():
            begin_enrolment(actor)
        return redirect(url_for("accounts.own_device"))
    return _answer("accounts/own_factor.html", form)


@blueprint.route("/account/second-factor/device", methods=["GET", "POST"])
@signed_in
def own_device() -> Answer:
    """Give the key to the device and type its first code (認証アプリの登録)."""
    actor, form = current_actor(), DeviceForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                codes = confirm_enrolment(actor, form.code.data or "")
                token = _new_session(actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            let_in(actor, token)
            return codes_page(codes, url_for("accounts.own_account"))
    enrolment = enrolment_of(actor)
    if enrolment is None and not form.is_submitted():
        return redirect(url_for("accounts.own_factor"))
    page = render_template(
        "accounts/own_device.html", form=form, enrolment=enrolment, picture=qr_picture(enrolment)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/account/second-factor/remove", methods=["GET", "POST"])
@signed_in
def remove_factor() -> Answer:
    """Sign in by password alone from now on (二要素認証の取りやめ)."""
    actor, form = current_actor(), asking(IdentityForm())
    if form.validate_on_submit() and is_really(actor, form):
        with unit_of_work():
            remove_own_factor(actor, is_enforced=_settings().enforces_second_factor())
            token = _new_session(actor)
        let_in(actor, token)
        flash("二要素認証をやめました。ほかの端末のログインは終わりました。", "status")
        return redirect(url_for("accounts.own_account"))
    return _answer("accounts/remove_factor.html", form)


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@signed_in
def recovery_codes() -> Answer:
    """Make new recovery codes (回復コードの作り直し)."""
    actor, form = current_actor(), asking(IdentityForm())
    if not has_factor(actor):
        return redirect(url_for("accounts.own_factor"))
    if form.validate_on_submit() and is_really(actor, form):
        with unit_of_work():
            codes = renew_recovery_codes(actor)
        return codes_page(codes, url_for("accounts.own_account"))
    return _answer("accounts/renew_codes.html", form)


@blueprint.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_own_session(session_id: int) -> Response:
    """Sign one device out (端末のログアウト)."""
    actor = current_actor()
    with unit_of_work():
        own_sessions.end_own_session(actor, session_id)
    flash("その端末のログインを終わらせました。", "status")
    return redirect(url_for("accounts.own_account"))


@blueprint.post("/account/sessions/end")
@signed_in
def end_other_sessions() -> Response:
    """Sign all other devices out (ほかの端末のログアウト)."""
    actor = current_actor()
    with unit_of_work():
        own_sessions.end_other_sessions(actor)
        token = _new_session(actor)
    let_in(actor, token)
    flash("ほかの端末のログインを、すべて終わらせました。", "status")
    return redirect(url_for("accounts.own_account"))


def _new_session(actor: User) -> str:
    return start_session(actor, source=request.remote_addr or "", hours=_settings().SESSION_HOURS)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _answer(template: str, form: IdentityForm) -> Answer:
    page = render_template(template, form=form, user=current_actor())
    return page, 422 if form.is_submitted() else 200
