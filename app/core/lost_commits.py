"""A connection lost while it committed (確定中の切断, P13): the key of the form tells what became.

The claim of the key was written in the transaction of the act: it is there, or nothing is.
"""

import logging
import time

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.posted_form import AlreadyPosted, Post, claim_is_new
from app.extensions import db

logger = logging.getLogger(__name__)

# A database that starts again is back within so long; after it, nobody knows.
ASKED_SECONDS = 8.0
PAUSE_SECONDS = 0.25


class OutcomeUnknown(Exception):
    """Whether the act was committed could not be learnt (結果不明): said so, never guessed."""


class Unheard(AlreadyPosted):
    """The act was committed, only the connection was lost before the answer (確定済み)."""

    default_message = "データベースとの接続が切れましたが、操作は受け付けています。"


def is_committed(post: Post) -> bool:
    """Whether the act of a form was committed (確定の確認). Raises OutcomeUnknown.

    The key is claimed once more: behind a transaction that is still ending, this waits for its end.
    """
    give_up_at = time.monotonic() + ASKED_SECONDS
    while True:
        session: Session = db.sessionmaker()
        try:
            return not claim_is_new(session, post, {"status": None, "location": ""})
        except SQLAlchemyError as error:
            logger.warning("not known yet whether an act was committed: %s", type(error).__name__)
            if time.monotonic() > give_up_at:
                raise OutcomeUnknown from error
        finally:
            # The claim was only to see whether it is there.
            session.rollback()
            session.close()
        time.sleep(PAUSE_SECONDS)
