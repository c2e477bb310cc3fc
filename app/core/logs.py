"""Log lines (ログ): one event, one line, with the request's id; no text of a case, no person."""

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, g, request
from sqlalchemy import inspect
from structlog.typing import EventDict, Processor, WrappedLogger
from werkzeug.wrappers import Response

from app.core.http import path_to_log, request_id
from app.core.log_lines import add_command, escape_line, one_line_of_json, tell_fault
from app.core.query_times import query_times, start_counting
from app.core.viewing import running_viewing

QUIET_LOGGERS = ("alembic.runtime.plugins", "alembic.runtime.migration", "apscheduler")
QUIET_ENDPOINTS = ("static", "health.healthz", "health.readyz", "health.metrics")


def add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the id of the running request (要求番号), where there is one."""
    number = request_id()
    if number:
        event["request_id"] = number
    return event


def configure_logs(log_format: str) -> None:
    """Send all log lines to stderr as text or as JSON (`LOG_FORMAT`)."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # The tick that runs (app/jobs/runner.py) is bound to its thread.
        structlog.contextvars.merge_contextvars,
        add_request_id,
        add_command,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                tell_fault,
                *_renderers(log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.JSONRenderer(serializer=one_line_of_json)]
    return [escape_line, structlog.dev.ConsoleRenderer(colors=False)]


def _start_watch() -> None:
    g.started = time.perf_counter()
    start_counting()


def _log_request(response: Response) -> Response:
    if request.endpoint not in QUIET_ENDPOINTS:
        viewing = running_viewing()
        asked = query_times()
        structlog.get_logger("app.request").info(
            "request",
            method=request.method,
            path=path_to_log(),
            endpoint=request.endpoint or "",
            route=request.url_rule.rule if request.url_rule else "",
            user_id=_user_id(),
            viewing_as=viewing.target.id if viewing else None,
            status=response.status_code,
            milliseconds=_milliseconds(time.perf_counter() - g.started),
            queries=asked.count,
            query_milliseconds=_milliseconds(asked.seconds),
        )
    return response


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _user_id() -> int | None:
    """Id of whoever is signed in, if this request has looked; asks the database nothing."""
    viewing = running_viewing()
    user: Any = g.get("_login_user") if viewing is None else viewing.real
    state = inspect(user, raiseerr=False)
    identity = getattr(state, "identity", None)
    return int(identity[0]) if identity else None


def init_logs(app: Flask) -> None:
    """Log every request but those for static files and health checks."""
    app.before_request(_start_watch)
    app.after_request(_log_request)
