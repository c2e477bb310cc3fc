"""Who was refused what (拒否の記録): one entry of the trail a person, door and ten minutes.

Asked in one place for every door. What a person may not know of is answered as if it did not exist,
so the trail keeps both answers: without rights (403), and not found (404). The entry is written
after the answer has gone out: it takes no time that would tell the one from the other, and keeps
nobody waiting. Further tries within the ten minutes are lines of the log alone, or one person could
fill the trail; so are those of people who did not sign in.
"""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from flask import Flask, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from app.audit.reading import Reader, real_reader, slot_of
from app.audit.services import Subject, record
from app.core import clock
from app.core.http import path_to_log, request_id
from app.core.unit_of_work import side_transaction

logger = logging.getLogger(__name__)

REFUSED = "access.refuse"
STATUSES = (403, 404)
MOST_REMEMBERED = 20_000  # refusals that a process knows to be written
_REMEMBERED = "refusals"
_TOLD = "is_refusal_told"


class Refusal(NamedTuple):
    """Who was refused which door in which ten minutes (拒否)."""

    slot: int
    user_id: int
    endpoint: str
    method: str


def init_refusals(app: Flask) -> None:
    """Have every answer of the application looked at on its way out."""
    app.extensions[_REMEMBERED] = set()
    app.after_request(partial(_look_at, app))


def forget_refusals(app: Flask) -> None:
    """Forget what this process has written: the next refusal leaves its entry again."""
    app.extensions[_REMEMBERED].clear()


def refusal_is_told() -> None:
    """Say that the running request leaves an entry of its own for its refusal (拒否の記録)."""
    g.is_refusal_told = True


def _look_at(app: Flask, response: Response) -> Response:
    # A page of trouble asks the database nothing; an address without a door refuses nobody.
    is_refused = response.status_code in STATUSES and request.endpoint not in (None, "static")
    if not is_refused or _TOLD in g or g.get("is_failing", False) or "_login_user" not in g:
        return response
    try:
        reader = real_reader() if current_user.is_authenticated else None
    except SQLAlchemyError:
        logger.exception("not known who was refused: %s", path_to_log())
        return response
    if reader is not None:
        _note(app, response, reader)
    return response


def _note(app: Flask, response: Response, reader: Reader) -> None:
    refusal = Refusal(slot_of(clock.now()), reader.id, str(request.endpoint), request.method)
    if refusal in app.extensions[_REMEMBERED]:
        return
    numbers = {
        name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)
    }
    changes = {
        "endpoint": refusal.endpoint,
        "method": refusal.method,
        "status": response.status_code,
        # Numbers of ours alone: another part of an address may be anything that somebody typed.
        "address": numbers,
    }
    response.call_on_close(partial(_write, app, reader, refusal, changes, request_id()))


def _write(
    app: Flask, reader: Reader, refusal: Refusal, changes: Mapping[str, Any], number: str
) -> None:
    """Write who was refused; after the answer, in a short transaction of its own."""
    known: set[Refusal] = app.extensions[_REMEMBERED]
    try:
        with app.app_context(), side_transaction() as session:
            g.request_id = number
            subject = Subject(type="access", id=None)
            record(REFUSED, subject, actor=reader, changes=changes, session=session)
    except SQLAlchemyError:
        logger.exception("not noted who was refused: %s", refusal._asdict())
        return
    if len(known) > MOST_REMEMBERED:
        known.clear()
    known.add(refusal)
