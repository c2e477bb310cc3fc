"""Web server (gunicorn): threads in a few worker processes; values come from the settings."""

import gc

from app.similar.warming import warm_encoder
from config import load_settings

_settings = load_settings()

bind = f"{_settings.HOST}:{_settings.PORT}"
workers = _settings.WEB_WORKERS
worker_class = "gthread"
threads = _settings.WEB_THREADS
timeout = 30
graceful_timeout = 30
keepalive = 5
# The default opens an admin socket in the home folder of the user.
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"
# The log lines of the product itself are set up by `app.core.logs`.


def post_fork(server: object, worker: object) -> None:
    """Load the encoder of the similar cases beside the first requests (起動時の準備)."""
    warm_encoder()


def post_worker_init(worker: object) -> None:
    """Leave what the application is made of out of every later garbage collection.

    Reading 10,000 rows sets one off; walking the whole program again took 0.2 s each time.
    """
    gc.collect()
    gc.freeze()
