"""A server that is about to stop (停止の準備): not ready first, so that no request meets it gone.

The proxy is told by `/readyz` for `DRAIN_SECONDS`; all the while requests are still served.
"""

import os
import signal
import threading
from pathlib import Path
from types import FrameType

COUNTS = "PROMETHEUS_MULTIPROC_DIR"
MARK = "draining"


def is_draining() -> bool:
    """Whether this server was told to stop (停止の準備中)."""
    return COUNTS in os.environ and (Path(os.environ[COUNTS]) / MARK).exists()


def drain_before_stop(seconds: int) -> None:
    """Have the first SIGTERM wait: mark the server, serve on, then stop; a second stops at once.

    Called in the process that starts the workers, once its own handlers stand.
    """
    stop = signal.getsignal(signal.SIGTERM)

    def drain(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, stop)
        (Path(os.environ[COUNTS]) / MARK).touch()
        later = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
        later.daemon = True
        later.start()

    signal.signal(signal.SIGTERM, drain)
