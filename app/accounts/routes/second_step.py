"""The second step of a sign-in (二段階目): a code, or a device set up for the first time."""

import segno
from flask import current_app, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.accounts.forms import DeviceForm, SecondStepForm
from app.accounts.models import HalfSession, SignInStep, User
from app.accounts.routes.blueprint import Answer, blueprint
from app.accounts.routes.sign_in import HALF_SESSION, let_in, safe_path
from app.accounts.services import sign_in
from app.accounts.services.half_sessions import find_half_session, use_half_session
from app.accounts.services.second_factor import (
    WRONG_CODE,
    Enrolment,
    begin_enrolment,
    confirm_enrolment,
    enrolment_of,
    has_factor,
    is_right_code,
)
from app.core.access import public
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from config import Settings

TOO_LATE = "時間が過ぎたため、ログインIDとパスワードの入力からやり直してください。"


@blueprint.route("/login/second-step", methods=["GET", "POST"])
@public
def second_step() -> Answer:
    """Type the code of the second factor (二要素認証)."""
    half = _half_session()
    if half is None:
        return _start_again()
    if not has_factor(half.user):
        return redirect(url_for("accounts.first_device", next=_target()))
    form = SecondStepForm()
    if not form.is_submitted():
        form.next.data = _target()
        return _step_page(form, half.user)
    status = _try_code(form, half)
    if status != 200:
        return _step_page(form, half.user), status
    return redirect(safe_path(form.next.data or ""))


def _try_code(form: SecondStepForm, half: HalfSession) -> int:
    """Try what was typed; the status of the answer, what is wrong is said at the field."""
    if not form.validate():
        return 422
    command = sign_in.SignIn(login=half.user.login, password="", source=request.remote_addr or "")
    try:
        sign_in.check_tries(command, free_tries=sign_in.FACTOR_FREE_TRIES, step=SignInStep.FACTOR)
    except sign_in.TooManyTries as error:
        form.code.errors = [error.message]
        return 429
    if not _pass_second_step(half, form.code.data or "", command):
        form.code.errors = [WRONG_CODE]
        return 422
    return 200


def _pass_second_step(half: HalfSession, code: str, command: sign_in.SignIn) -> bool:
    """Use up code and half-open sign-in together; a wrong code is kept as a try."""
    settings: Settings = current_app.config["SETTINGS"]
    user, token = half.user, ""
    with unit_of_work():
        is_right = is_right_code(user, code) and use_half_session(half)
        sign_in.remember_try(command, is_success=is_right, step=SignInStep.FACTOR)
        if is_right:
            token = sign_in.open_session(user, command, hours=settings.SESSION_HOURS)
    if token:
        let_in(user, token)
    return bool(token)


def _step_page(form: SecondStepForm, user: User) -> str:
    return render_template("accounts/second_step.html", form=form, user=user)


@blueprint.route("/login/device", methods=["GET", "POST"])
@public
def first_device() -> Answer:
    """Set up the second factor that the account needs, before anything opens (登録)."""
    half = _half_session()
    if half is None:
        return _start_again()
    if has_factor(half.user):
        return redirect(url_for("accounts.second_step", next=_target()))
    form = DeviceForm()
    if not form.is_submitted():
        form.next.data = _target()
        return _device_page(form, half.user)
    codes: list[str] | None = []
    if form.validate():
        try:
            codes = _set_up(half, form.code.data or "")
        except InvalidInput as error:
            form.add_errors(error.errors)
    if codes is None:
        return _start_again()
    if not codes:
        return _device_page(form, half.user), 422
    # Not redirected: the codes are stored nowhere, this answer is the only one to have them.
    return codes_page(codes, safe_path(form.next.data or ""))


@blueprint.post("/login/device/begin")
@public
def begin_first_device() -> Response:
    """Make the key that the device is given (登録の開始)."""
    half = _half_session()
    if half is None:
        return _start_again()
    if not has_factor(half.user):
        with unit_of_work():
            begin_enrolment(half.user)
    return redirect(url_for("accounts.first_device", next=safe_path(request.form.get("next", ""))))


def _set_up(half: HalfSession, code: str) -> list[str] | None:
    settings: Settings = current_app.config["SETTINGS"]
    user, source = half.user, request.remote_addr or ""
    with unit_of_work():
        # Two who type the same code at once: one of them ends the half-open sign-in.
        if has_factor(user) or not use_half_session(half):
            return None
        codes = confirm_enrolment(user, code)
        command = sign_in.SignIn(login=user.login, password="", source=source)
        token = sign_in.open_session(user, command, hours=settings.SESSION_HOURS)
    let_in(user, token)
    return codes


def _device_page(form: DeviceForm, user: User) -> str:
    enrolment = enrolment_of(user)
    return render_template(
        "accounts/first_device.html",
        form=form,
        user=user,
        enrolment=enrolment,
        picture=qr_picture(enrolment),
    )


def codes_page(codes: list[str], target: str) -> str:
    """The one page that shows new recovery codes (回復コード)."""
    return render_template("accounts/recovery_codes.html", codes=codes, target=target)


def qr_picture(enrolment: Enrolment | None) -> str:
    """The address of an enrolment as a picture to scan (QRコード); "" without one."""
    if enrolment is None:
        return ""
    picture: str = segno.make(enrolment.address, error="m").svg_data_uri(scale=5, light="white")
    return picture


def _half_session() -> HalfSession | None:
    token = session.get(HALF_SESSION)
    return find_half_session(token) if isinstance(token, str) else None


def _start_again() -> Response:
    session.pop(HALF_SESSION, None)
    flash(TOO_LATE, "error")
    return redirect(url_for("accounts.login"))


def _target() -> str:
    return safe_path(request.args.get("next", ""))
