"""The user of the running request (操作している利用者). For routes only: services take an actor."""

from typing import cast

from flask_login import current_user

from app.accounts.models import User
from app.core.viewing import running_viewing


def current_actor() -> User:
    """Return the signed-in user itself, not the proxy; the gate has let it in before."""
    return cast(User, current_user._get_current_object())


def real_actor() -> User:
    """Return who really sits there, also while the screens of another are shown (代理閲覧)."""
    viewing = running_viewing()
    return current_actor() if viewing is None else cast(User, viewing.real)
