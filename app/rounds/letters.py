"""Letters about what happens in a round (募集回の知らせ)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.audit.services import Subject
from app.notifications.services import enqueue
from app.rounds.models import Round


def write_in_round(
    round_: Round | None,
    letter: str,
    recipients: Iterable[User],
    *,
    key: str,
    path: str,
    about: Subject | None = None,
    valid_until: datetime | None = None,
    **words: Any,
) -> int:
    """Queue a letter about a case of a round; return how many are new (知らせの登録).

    A practice round (練習) writes to nobody (A14). None stands for news that is of no round yet.
    """
    if round_ is not None and round_.is_practice:
        return 0
    return enqueue(
        letter,
        recipients,
        key=key,
        path=path,
        about=about,
        valid_until=valid_until,
        round_key=round_.key if round_ is not None else "",
        **words,
    )
