"""Sign-in and sign-out (ログイン・ログアウト)."""

from urllib.parse import urlsplit

from flask import (
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.accounts.current import current_actor, real_actor
from app.accounts.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from app.accounts.forms import SignInForm
from app.accounts.models import User
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import sign_in
from app.accounts.services.half_sessions import NextStep, start_half_session, step_after_password
from app.core.access import public, signed_in
from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from config import Environment, Settings

HALF_SESSION = "half_session"
PAGE_OF_STEP = {NextStep.CODE: "accounts.second_step", NextStep.ENROL: "accounts.first_device"}


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> str | Response | tuple[str, int]:
    """Sign in (ログイン)."""
    if current_user.is_authenticated:
        return redirect(url_for("dashboard.home"))
    form = SignInForm()
    if request.method in ("GET", "HEAD"):
        form.next.data = request.args.get("next", "")
        return _page(form)
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        step = _sign_in(form.to_command(request.remote_addr or ""))
    except sign_in.TooManyTries as error:
        form.login.errors = [error.message]
        return _page(form), 429
    except DomainError as error:
        form.login.errors = [error.message]
        return _page(form), 422
    target = safe_path(form.next.data or "")
    page = PAGE_OF_STEP.get(step)
    return redirect(url_for(page, next=target) if page else target)


@blueprint.post("/logout")
@signed_in
def logout() -> Response:
    """Sign out (ログアウト): the session ends at the server, every copy of the cookie is dead."""
    token = current_actor().get_id()
    with unit_of_work():
        sign_in.sign_out(real_actor(), token)
    logout_user()
    session.clear()
    flash("ログアウトしました。", "status")
    return redirect(url_for("accounts.login"))


def _sign_in(command: sign_in.SignIn) -> NextStep:
    settings: Settings = current_app.config["SETTINGS"]
    sign_in.check_tries(command, free_tries=settings.SIGN_IN_FREE_TRIES)
    person, step = sign_in.whose_password(command), NextStep.NONE
    user = person if person is not None and person.is_active else None
    with unit_of_work():
        sign_in.remember_try(command, is_success=user is not None)
        if user is not None:
            is_enforced = settings.enforces_second_factor()
            step = step_after_password(user, command.password, is_enforced=is_enforced)
            if step is NextStep.NONE:
                token = sign_in.open_session(user, command, hours=settings.SESSION_HOURS)
            else:
                sign_in.renew_hash(user, command.password)
                token = start_half_session(user, source=command.source)
    if user is None:
        raise sign_in.SignInRefused(sign_in.words_of_refusal(person))
    if step is NextStep.NONE:
        let_in(user, token)
    else:
        # It names no session yet: it opens the second step and nothing else.
        session.clear()
        session[HALF_SESSION] = token
        generate_csrf()
    return step


def let_in(user: User, token: str) -> None:
    """Give the browser the session of a user (ログイン状態)."""
    # A cookie fixed before the sign-in is worth nothing after it.
    session.clear()
    user.bind_session(token)
    login_user(user)
    generate_csrf()


def _page(form: SignInForm) -> str:
    is_development = current_app.config["SETTINGS"].APP_ENV is Environment.DEVELOPMENT
    return render_template(
        "accounts/login.html",
        form=form,
        demo_accounts=DEMO_ACCOUNTS if is_development else (),
        demo_password=DEMO_PASSWORD if is_development else "",
    )


def safe_path(target: str) -> str:
    """Path inside this product to go to after the sign-in; the home for anything else."""
    try:
        parts = urlsplit(target)
    except ValueError:  # such as //[
        return url_for("dashboard.home")
    is_inside = target.startswith("/") and not target.startswith(("//", "/\\"))
    if is_inside and not parts.scheme and not parts.netloc:
        return target
    return url_for("dashboard.home")
