"""The only place that commits (作業単位): entered once by whoever starts the work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import has_request_context
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.core.database import is_writing
from app.core.errors import StaleVersion
from app.core.lost_commits import OutcomeUnknown, Unheard, is_committed
from app.core.posted_form import Post, claim, is_claimed, keep_place, note_claim, post_of_request
from app.extensions import db

STALE_MESSAGE = (
    "ほかの人が先に更新したため、この操作は行いませんでした。"
    "何が変わったかを確かめて、必要ならもう一度操作してください。"
)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open the writing transaction, commit it at the end, roll everything back on an error.

    What was read before is read anew inside, so that guards judge the present rows (P06). A form
    that was sent is marked as sent in the same transaction (P04). Raises StaleVersion when another
    person's change came first (P05), AlreadyPosted and PostedDifferently for a form sent again,
    Unheard and OutcomeUnknown where the connection was lost while it committed (P13).
    """
    if is_writing.get():
        raise RuntimeError("a unit of work is entered once")
    session = db.session
    post = post_of_request()
    session.rollback()
    # One request may do two units of work: its form is claimed by the first.
    claimed = None if is_claimed() else post
    with _writing(session, lambda: _commit(session, claimed)):
        if claimed is not None:
            claim(session, claimed)
        yield session
        if claimed is not None:
            keep_place(session, claimed)
    note_claim(post)


@contextmanager
def side_transaction() -> Iterator[Session]:
    """Open a short transaction beside the reading one, for what a GET may write (アクセス記録)."""
    session = db.sessionmaker()
    try:
        with _writing(session, session.commit):
            yield session
    finally:
        session.close()


@contextmanager
def _writing(session: Session, commit: Callable[[], None]) -> Iterator[None]:
    token = is_writing.set(True)
    try:
        yield
        session.flush()
        commit()
    except StaleDataError as error:
        session.rollback()
        raise StaleVersion(STALE_MESSAGE) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        is_writing.reset(token)


def _commit(session: Session, claimed: Post | None) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        if not error.connection_invalidated or not has_request_context():
            raise
        session.rollback()
        if claimed is None:
            raise OutcomeUnknown from error
        if not is_committed(claimed):
            raise
        raise Unheard(claimed) from error
