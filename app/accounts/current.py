"""The user of the running request (操作している利用者). For routes only: services take an actor."""

from typing import cast

from flask_login import current_user

from app.accounts.models import User


def current_actor() -> User:
    """Return the signed-in user itself, not the proxy; the gate has let it in before."""
    return cast(User, current_user._get_current_object())
