"""The name of a person who left (氏名の消去): gone from the account, and so from the trail."""

from app.accounts.models import User
from app.accounts.services.sessions import end_sessions_of
from app.audit.actors import ERASED
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition

IN_USE = "利用中のアカウントの氏名は消せません。先に利用を停止してください。"
NO_NAME = "氏名は、すでに消去されています。"


def erase_name(user: User) -> None:
    """Erase name, address and the key of the name (氏名の消去); entries and their chain stay.

    Nobody can find out afterwards whom the entries of the trail meant, not even by trying names.
    Raises IllegalTransition for an account that is in use, and for one without a name.
    """
    if user.is_active:
        raise IllegalTransition(IN_USE)
    if user.name_key is None:
        raise IllegalTransition(NO_NAME)
    user.display_name, user.email, user.name_key = ERASED, None, None
    # It does not come back by opening the account again.
    user.disabled_at = user.disabled_at or clock.now()
    end_sessions_of(user)
    record("user.erase_name", Subject(type="user", id=user.id), actor=None)
