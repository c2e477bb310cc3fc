"""The same form sent twice (二重送信): the first answer is given again (P04).

Known repetitions are answered before the page looks at anything; those that come at the same
moment find out in the unit of work; those that lost a race against the act itself (the draft is
gone, the state has moved on) are found when their refusal goes out.
"""

import logging
import time
from datetime import datetime, timedelta

from flask import Flask, current_app, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.wrappers import Response

from app.core.http import path_to_log
from app.core.posted_form import (
    AlreadyPosted,
    Post,
    PostedDifferently,
    PostedForm,
    is_answer_kept,
    is_claimed,
    new_form_key,
    post_of_request,
    refuse_repetition,
)
from app.core.unit_of_work import side_transaction
from app.extensions import db

logger = logging.getLogger(__name__)

KEPT_DAYS = 7
# The first sender has committed and is about to answer; a longer wait means that it died.
WAIT_SECONDS = 3.0
PAUSE_SECONDS = 0.05
# Refusals that the act itself may have caused: what was to be changed has gone on.
REFUSED = (403, 404, 409, 422)

Answer = Response | tuple[str, int]


def init_repeated_posts(app: Flask) -> None:
    """Bind the guard to the application, behind the gate (二重送信の防止)."""
    app.jinja_env.globals["new_form_key"] = new_form_key
    app.before_request(refuse_known)
    app.after_request(keep_answer)
    app.register_error_handler(AlreadyPosted, answer_again)


def refuse_known() -> None:
    """Stop a form that was sent before. Raises AlreadyPosted, PostedDifferently."""
    post = post_of_request()
    if post is not None:
        refuse_repetition(db.session, post)


def answer_again(error: AlreadyPosted) -> ResponseReturnValue:
    """Give the first answer once more: the same place, or a page that says it is done.

    What fails here is told as anywhere: nobody else catches it, for this is a handler itself (P17).
    """
    try:
        return _first_answer(error)
    except OperationalError as trouble:
        return current_app.handle_user_exception(trouble)


def _first_answer(error: AlreadyPosted) -> Answer:
    location = _first_location(error.post)
    if location:
        flash(error.message, "status")
        return redirect(location)
    page = render_template(
        "errors/page.html",
        status=200,
        heading="既に受け付けています",
        message=error.message,
        links=[("ホームへ戻る", "/")],
    )
    return page, 200


def _first_location(post: Post) -> str:
    give_up_at = time.monotonic() + WAIT_SECONDS
    while True:
        # A new transaction each time: the old one would go on seeing the old row.
        db.session.rollback()
        known = db.session.get(PostedForm, (post.user_id, post.key))
        if known is None:
            return ""
        if known.status is not None or time.monotonic() > give_up_at:
            return known.location
        time.sleep(PAUSE_SECONDS)


def keep_answer(response: Response) -> Response:
    """Note where the answer leads, for repetitions; or answer one that was refused too late."""
    post = post_of_request() if "post" in g else None
    if post is None:
        return response
    if is_claimed():
        _note(post, response)
    elif response.status_code in REFUSED:
        return _repetition(post, response)
    return response


def _note(post: Post, response: Response) -> None:
    location = response.location if 300 <= response.status_code < 400 else None
    if is_answer_kept(response.status_code, location or ""):
        return
    try:
        # The connection may be gone by now, and a rollback would say so.
        db.session.rollback()
        with side_transaction() as session:
            session.execute(
                update(PostedForm)
                .where(PostedForm.user_id == post.user_id, PostedForm.key == post.key)
                .values(status=response.status_code, location=location or "")
            )
    except SQLAlchemyError:
        # The act is done and committed: its answer goes out, whatever becomes of the note.
        logger.exception("no note of the answer to %s", path_to_log())


def _repetition(post: Post, response: Response) -> Response:
    try:
        db.session.rollback()
        refuse_repetition(db.session, post)
    except AlreadyPosted as error:
        return _made(_first_answer(error))
    except PostedDifferently:
        return response
    except SQLAlchemyError:
        logger.exception("nothing known of an earlier answer to %s", path_to_log())
    return response


def _made(answer: Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    page, status = answer
    return Response(page, status=status, mimetype="text/html")


def erase_old_posts(moment: datetime) -> int:
    """Forget the forms sent more than KEPT_DAYS before; return their number (送信済みの様式)."""
    erased = db.session.scalars(
        delete(PostedForm)
        .where(PostedForm.posted_at < moment - timedelta(days=KEPT_DAYS))
        .returning(PostedForm.key)
        .execution_options(synchronize_session=False)
    )
    return len(erased.all())
