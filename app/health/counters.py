"""What each process counts (計数): requests, their time, connections. No person, no case.

Several processes write beside one another where `PROMETHEUS_MULTIPROC_DIR` is set, as
`gunicorn.conf.py` does; whichever is asked then answers for all of them.
"""

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import Engine, event

from app.core.logs import QUIET_ENDPOINTS
from app.extensions import db

OWN_REGISTRY = CollectorRegistry()
NO_ENDPOINT = "none"
# Seconds: what people feel, then the timeouts of statement (10) and worker (30).
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter(
    "kyotsu_requests_total",
    "Requests answered, by endpoint and class of status.",
    ("endpoint", "status"),
    registry=OWN_REGISTRY,
)
# 409: another person came first; 422: a form with mistakes; 429: throttled; 503: no database.
REFUSALS = Counter(
    "kyotsu_refusals_total",
    "Answers from 400 on, by status.",
    ("status",),
    registry=OWN_REGISTRY,
)
SECONDS = Histogram(
    "kyotsu_request_seconds",
    "Time from the first look at a request to its answer.",
    ("endpoint",),
    buckets=BUCKETS,
    registry=OWN_REGISTRY,
)
IN_FLIGHT = Gauge(
    "kyotsu_requests_in_flight",
    "Requests being worked on.",
    multiprocess_mode="livesum",
    registry=OWN_REGISTRY,
)
CONNECTIONS = Gauge(
    "kyotsu_database_connections_in_use",
    "Database connections in use by requests and ticks of this node.",
    multiprocess_mode="livesum",
    registry=OWN_REGISTRY,
)


def counters() -> CollectorRegistry:
    """Return what all processes of this server have counted (計数の一覧)."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return OWN_REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    return registry


def init_counters(app: Flask) -> None:
    """Count every request but those for files and health, and the connections in use."""
    app.before_request(_begin)
    app.after_request(_count)
    app.teardown_request(_end)
    with app.app_context():
        _watch_connections(db.engine)


def _begin() -> None:
    if request.endpoint in QUIET_ENDPOINTS:
        return
    g.counted_from = time.perf_counter()
    IN_FLIGHT.inc()


def _count(response: Response) -> Response:
    if "counted_from" in g:
        # Never the path: it names cases, and there are more of them than a monitor can keep.
        endpoint = request.endpoint or NO_ENDPOINT
        status = response.status_code
        REQUESTS.labels(endpoint, f"{status // 100}xx").inc()
        SECONDS.labels(endpoint).observe(time.perf_counter() - g.counted_from)
        if status >= 400:
            REFUSALS.labels(str(status)).inc()
    return response


def _end(_error: BaseException | None) -> None:
    if g.pop("counted_from", None) is not None:
        IN_FLIGHT.dec()


def _watch_connections(engine: Engine) -> None:
    event.listen(engine, "checkout", lambda *_told: CONNECTIONS.inc())
    event.listen(engine, "checkin", lambda *_told: CONNECTIONS.dec())
