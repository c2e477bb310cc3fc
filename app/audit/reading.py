"""What a request reads and hands out (閲覧・出力の記録): noted in one place for every page.

Pages that show a case say so with `note_read` as they find it; the row is written after the answer
has gone out, so that nobody waits for it, and a database that cannot be written keeps nobody from
reading: the loss is a line of the log. What is handed out as a file (添付・表・帳票) is an entry of
the trail instead, made before the first byte leaves: without the entry there is no file.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from flask import Flask, current_app, g, has_request_context, make_response, request
from flask_login import current_user
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.audit.models import ReadLog
from app.audit.services import Subject, record
from app.core import clock
from app.core.error_pages import error_page
from app.core.http import path_to_log, request_id
from app.core.unit_of_work import side_transaction
from app.core.viewing import running_viewing
from app.extensions import db

logger = logging.getLogger(__name__)

SLOT_SECONDS = 600
MOST_REMEMBERED = 20_000  # rows that a process knows to be written
LONGEST_SOURCE = 64
READ = (200, 206)
AS_WHOM = "@"
_REMEMBERED = "read_log"


class Reader(NamedTuple):
    """Whoever the file goes to, as the trail names people (行為者)."""

    id: int
    sealed_label: str


class Read(NamedTuple):
    """Who read which part of what in which ten minutes (閲覧)."""

    slot: int
    user_id: int
    subject_type: str
    subject_id: int
    part: str


def note_read(subject_type: str, subject_id: int) -> None:
    """Note that the running request shows something to its reader (閲覧の記録)."""
    if has_request_context() and request.method == "GET" and "_login_user" in g:
        # Asked now, while the reader is at hand: the database may be gone when the answer is made.
        g.reader_id = real_reader().id
        g.setdefault("read_subjects", set()).add((subject_type, subject_id))


def real_reader() -> Reader:
    """Who really reads, also while the screens of another are shown (代理閲覧)."""
    viewing = running_viewing()
    reader = current_user if viewing is None else viewing.real
    return Reader(reader.id, reader.sealed_label)


def _part() -> str:
    """What shows it: the endpoint; in a viewing also as whom, by the id of that person."""
    viewing = running_viewing()
    return (request.endpoint or "") + (f"{AS_WHOM}{viewing.target.id}" if viewing else "")


def slot_of(instant: datetime) -> int:
    """The ten minutes an instant lies in, counted since 1970."""
    return int(instant.timestamp()) // SLOT_SECONDS


def init_reading(app: Flask) -> None:
    """Have every answer of the application looked at on its way out."""
    app.extensions[_REMEMBERED] = set()
    app.after_request(partial(_look_at, app))


def forget_readings(app: Flask) -> None:
    """Forget what this process has written: the next look leaves its row again."""
    app.extensions[_REMEMBERED].clear()


def _look_at(app: Flask, response: Response) -> Response:
    # Who asks for a file of the program, or for a health page, is not looked up for this.
    is_known = "_login_user" in g and current_user.is_authenticated
    # An act that hands something out has left its own entry.
    if response.status_code not in READ or not is_known or request.method != "GET":
        return response
    if "Content-Disposition" in response.headers:
        return _handed_out(response)
    if reads := _new_reads():
        values = {
            "read_at": clock.now(),
            "source": (request.remote_addr or "")[:LONGEST_SOURCE],
            "request_id": request_id(),
        }
        response.call_on_close(partial(_write, app, reads, values))
    return response


def _new_reads() -> list[Read]:
    """What this request read and this process has not written yet."""
    subjects: set[tuple[str, int]] = g.get("read_subjects", set())
    slot, part = slot_of(clock.now()), _part()
    reader: int = g.get("reader_id", 0) if subjects else 0
    found = [Read(slot, reader, kind, number, part) for kind, number in sorted(subjects)]
    known: set[Read] = current_app.extensions[_REMEMBERED]
    return [read for read in found if read not in known]


def _write(app: Flask, reads: list[Read], values: Mapping[str, Any]) -> None:
    """Write what was read; after the answer, in a short transaction of its own."""
    known: set[Read] = app.extensions[_REMEMBERED]
    try:
        with app.app_context(), side_transaction() as session:
            rows = [{**read._asdict(), **values} for read in reads]
            session.execute(_insert(session), rows)
    except SQLAlchemyError:
        logger.exception("not noted who read: %s", [read._asdict() for read in reads])
        return
    if len(known) > MOST_REMEMBERED:
        known.clear()
    known.update(reads)


def _handed_out(response: Response) -> Response:
    """Leave an entry of what is handed out (出力の記録), before it is; refuse it without one."""
    # Which of several files, by the numbers and names of ours in its address; of the filters their
    # names alone, for their values may be words somebody typed.
    shown = {name: str(value) for name, value in (request.view_args or {}).items()}
    cases = sorted(number for kind, number in g.get("read_subjects", ()) if kind == "proposal")
    changes = {
        "endpoint": request.endpoint,
        "address": shown,
        "filters": sorted(request.args.keys() - shown.keys())[:20],
        "format": response.mimetype,
        **({"cases": cases[:20]} if cases else {}),
    }
    try:
        reader = real_reader()
        # What was read is read: the entry waits for no transaction of ours, nor holds one up.
        db.session.rollback()
        with side_transaction() as session:
            record(
                "download.hand_out",
                Subject(type="download", id=None),
                actor=reader,
                changes=changes,
                session=session,
            )
    except SQLAlchemyError:
        logger.exception("not handed out for want of an entry: %s", path_to_log())
        response.close()
        refused: Response = make_response(error_page(503))
        return refused
    return response


def _insert(session: Session) -> Any:
    """An insert that another process's row of the same ten minutes does not disturb."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(ReadLog).on_conflict_do_nothing()
