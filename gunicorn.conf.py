"""Web server (gunicorn): threads in a few worker processes; values come from the settings."""

from config import load_settings

_settings = load_settings()

bind = f"127.0.0.1:{_settings.PORT}"
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
