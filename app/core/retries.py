"""Doing a request again that the database undid (再試行, P13): deadlocks, lost connections.

The whole view runs anew, so nothing that it read before is stale. Only while nothing of the request
is committed: what is done is never done twice.
"""

import logging
import random
import time

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from app.core.http import path_to_log
from app.core.postgresql_waits import ServerSilent
from app.extensions import db

logger = logging.getLogger(__name__)

MOST_RETRIES = 5
# Two that met once do not meet again at the same moment: each waits up to so long, then twice it.
FIRST_PAUSE_SECONDS = 0.1
# Serialization failure, deadlock: the server undid the whole transaction.
UNDONE = ("40001", "40P01")


class RetryingFlask(Flask):
    """The application, with views that are tried again (再試行)."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer as the parent does; up to MOST_RETRIES times again when it was undone."""
        for number in range(MOST_RETRIES):
            try:
                return super().dispatch_request()
            except DBAPIError as error:
                if not _is_undone(error):
                    raise
                logger.warning("try %d undone at %s: %s", number + 1, path_to_log(), error.orig)
            db.session.rollback()
            _rewind_files()
            time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**number))  # noqa: S311
        return super().dispatch_request()


def _is_undone(error: DBAPIError) -> bool:
    if g.get("has_committed", False) or isinstance(error.orig, ServerSilent):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in UNDONE


def _rewind_files() -> None:
    for file in request.files.values():
        file.stream.seek(0)
