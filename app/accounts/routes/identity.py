"""Is it really the one who is signed in (本人の確認): asked before what could be abused most."""

from typing import TypeVar

from flask import current_app, request

from app.accounts.current import current_actor
from app.accounts.forms import IdentityForm
from app.accounts.models import SignInStep, User
from app.accounts.services import sign_in
from app.accounts.services.second_factor import WRONG_CODE, has_factor, is_right_code
from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from config import Settings

Form = TypeVar("Form", bound=IdentityForm)

WRONG_PASSWORD = "いまのパスワードが違います"  # noqa: S105 - words of a refusal


def asking(form: Form) -> Form:
    """Have the form ask for a code where there is a second factor."""
    form.asks_code = has_factor(current_actor())
    return form


def is_really(actor: User, form: IdentityForm) -> bool:
    """Whether password and code are the person's; a stolen open screen guesses as slowly as others.

    What is wrong is said at the fields.
    """
    command = sign_in.SignIn(
        login=actor.login, password=form.present.data or "", source=request.remote_addr or ""
    )
    try:
        sign_in.check_tries(command, free_tries=_settings().SIGN_IN_FREE_TRIES)
        if form.asks_code:
            sign_in.check_tries(
                command, free_tries=sign_in.FACTOR_FREE_TRIES, step=SignInStep.FACTOR
            )
    except DomainError as error:
        form.add_errors({"present": [error.message]})
        return False
    is_right = sign_in.verified_user(command) is not None
    with unit_of_work():
        sign_in.remember_try(command, is_success=is_right)
    if not is_right:
        form.add_errors({"present": [WRONG_PASSWORD]})
    return is_right and (not form.asks_code or _has_right_code(actor, form, command))


def _has_right_code(actor: User, form: IdentityForm, command: sign_in.SignIn) -> bool:
    with unit_of_work():
        is_right = is_right_code(actor, form.code.data or "")
        sign_in.remember_try(command, is_success=is_right, step=SignInStep.FACTOR)
    if not is_right:
        form.add_errors({"code": [WRONG_CODE]})
    return is_right


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
