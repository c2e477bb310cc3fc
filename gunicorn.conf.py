"""Web server (gunicorn): threads in a few worker processes; values come from the settings."""

import atexit
import gc
import logging
import os
import shutil
import tempfile

# Before anything of the product is imported: its counters ask for it when they are made. Each
# worker counts in files of its own here, and whichever is asked for /metrics adds them up.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    _counts = tempfile.mkdtemp(prefix="kyotsu-counts-")
    _owner = os.getpid()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts
    # Workers leave by the same door: the folder is the master's.
    atexit.register(lambda: os.getpid() == _owner and shutil.rmtree(_counts, ignore_errors=True))

from prometheus_client.multiprocess import mark_process_dead
from sqlalchemy.orm import configure_mappers

from app.core.logs import configure_logs
from app.health.draining import drain_before_stop
from app.similar.warming import warm_encoder
from config import load_settings

_settings = load_settings()

bind = f"{_settings.HOST}:{_settings.PORT}"
workers = _settings.WEB_WORKERS
worker_class = "gthread"
# Loaded once and shared: what the workers only read is in memory once (docs/decisions/0078).
preload_app = True
threads = _settings.WEB_THREADS
# A worker that says nothing for so long is replaced. A thread that waits does not count, and no
# statement runs longer than 10 s (app/core/database.py): this is for a process that hangs.
timeout = 30
# On SIGTERM the running requests are finished first.
graceful_timeout = 30
keepalive = 5
# The addresses of proxies are read by the product itself, as many as TRUSTED_PROXIES says.
forwarded_allow_ips = ""
# The default opens an admin socket in the home folder of the user.
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"


def on_starting(server: object) -> None:
    """Write what the server itself says as log lines of the product; load what workers share."""
    warm_encoder()
    configure_mappers()
    configure_logs(_settings.LOG_FORMAT)
    own = logging.getLogger("gunicorn.error")
    own.handlers.clear()
    own.propagate = True


def when_ready(server: object) -> None:
    """Tell the proxy before the end: on SIGTERM not ready for DRAIN_SECONDS, then stop (停止)."""
    if _settings.DRAIN_SECONDS:
        drain_before_stop(_settings.DRAIN_SECONDS)


def pre_fork(server: object, worker: object) -> None:
    """Leave what all workers share out of every garbage collection, which would write to it.

    It would take 0.2 s each time, too: reading 10,000 rows sets one off.
    """
    gc.collect()
    gc.freeze()


def child_exit(server: object, worker: object) -> None:
    """Take what a worker that ended was just doing out of the counts (計数)."""
    mark_process_dead(worker.pid)  # type: ignore[attr-defined]
