"""Server of the floor: the values of gunicorn.conf.py, which itself would load the product."""

import gc

from config import load_settings

_settings = load_settings()

bind = f"{_settings.HOST}:{_settings.PORT}"
workers = _settings.WEB_WORKERS
worker_class = "gthread"
threads = _settings.WEB_THREADS
timeout = 30
graceful_timeout = 30
keepalive = 5
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_worker_init(worker: object) -> None:
    """Leave what the application is made of out of every later garbage collection."""
    gc.collect()
    gc.freeze()
