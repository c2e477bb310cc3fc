"""What a page has read already (一画面一度の読取り): several panels ask for the same rows.

Answers are kept with the session, for one request, while it reads. They are dropped as soon as
anything is written, and when the transaction ends; inside a unit of work nothing is kept or taken
from here, so that guards judge the present rows (P06). Outside of a request every question is asked
anew, and what one request was told no other hears: each has its own answers, also where several
share a session.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from app.core.database import is_writing
from app.extensions import db

P = ParamSpec("P")
R = TypeVar("R")

_KNOWN = "page_reads"


def once_a_page(read: Callable[P, R]) -> Callable[P, R]:
    """Ask a question of the database once a page; its arguments are hashable and by position.

    Lists, dicts and sets are handed out as copies: what one panel does to its own, no other sees.
    """

    @wraps(read)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        known = None if kwargs else _known()
        if known is None:
            return read(*args, **kwargs)
        key = (read, args)
        if key not in known:
            known[key] = read(*args, **kwargs)
        answer: R = _own(known[key])
        return answer

    return ask


def tell(ask: Callable[P, R], answer: R, *args: P.args, **kwargs: P.kwargs) -> None:
    """Say the answer to a question before a panel asks it; `ask` is marked `once_a_page`."""
    known = None if kwargs else _known()
    if known is not None:
        known.setdefault((getattr(ask, "__wrapped__"), args), answer)  # noqa: B009 - set by wraps


def _known() -> dict[Any, Any] | None:
    """Answers that may be used and added to, None where each question is asked anew."""
    if is_writing.get() or not has_request_context():
        return None
    session = db.session
    # A change that waits to be written is written by the next question: it has to be asked.
    if session.new or session.dirty or session.deleted:
        return None
    asking = request.environ  # one object a request
    told, known = session.info.get(_KNOWN, (None, {}))
    if told is not asking:
        known = {}
        session.info[_KNOWN] = (asking, known)
    answers: dict[Any, Any] = known
    return answers


def _own(answer: Any) -> Any:
    return answer.copy() if isinstance(answer, list | dict | set) else answer


def _forget(session: Session, *_args: object) -> None:
    session.info.pop(_KNOWN, None)


def _forget_when_changing(state: ORMExecuteState) -> None:
    if not state.is_select:
        _forget(state.session)


event.listen(Session, "after_flush", _forget)
event.listen(Session, "after_transaction_end", _forget)
event.listen(Session, "do_orm_execute", _forget_when_changing)
