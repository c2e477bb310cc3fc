"""Log lines (ログ): one event, one line, with the request's id; no text of a case, no person."""

import logging
import sys
import time

import structlog
from flask import Flask, g, request
from structlog.typing import EventDict, Processor, WrappedLogger
from werkzeug.wrappers import Response

from app.core.http import request_id

QUIET_LOGGERS = ("alembic.runtime.plugins", "alembic.runtime.migration", "apscheduler")
QUIET_ENDPOINTS = ("static", "health.healthz", "health.readyz")


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
        add_request_id,
    ]
    renderers: list[Processor] = [structlog.dev.ConsoleRenderer(colors=False)]
    if log_format == "json":
        renderers = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *renderers,
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


def _start_watch() -> None:
    g.started = time.perf_counter()


def _log_request(response: Response) -> Response:
    if request.endpoint not in QUIET_ENDPOINTS:
        structlog.get_logger("app.request").info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.started) * 1000, 1),
        )
    return response


def init_logs(app: Flask) -> None:
    """Log every request but those for static files and health checks."""
    app.before_request(_start_watch)
    app.after_request(_log_request)
