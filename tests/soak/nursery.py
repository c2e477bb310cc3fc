"""A process that has loaded the product once and forks web servers and schedulers from it.

`python -m tests.soak.nursery` reads a word a line, `web PORT` or `scheduler`, and answers with the
process id. What is forked is the gunicorn of `gunicorn.conf.py`, or the scheduler, in a session of
its own, as `flask serve` starts them; only the seconds of loading the modules are spared, so that
hundreds of restarts take minutes.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable

from gunicorn.app.wsgiapp import WSGIApplication

from app.jobs.scheduler import build_scheduler
from app.similar.encoder import encode
from config import ROOT
from wsgi import app


def serve_web(port: str) -> None:
    """Be the web server at a port, until a signal."""
    sys.argv = ["gunicorn", "--config", str(ROOT / "gunicorn.conf.py")]
    sys.argv += ["--bind", f"127.0.0.1:{port}", "wsgi:app"]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


def serve_scheduler() -> None:
    """Be the scheduler, until SIGTERM."""
    scheduler = build_scheduler(app)
    signal.signal(signal.SIGTERM, lambda *_: scheduler.shutdown(wait=False))
    scheduler.start()


WORK: dict[str, Callable[..., None]] = {"web": serve_web, "scheduler": serve_scheduler}


def start(words: list[str]) -> int:
    """Fork a process for the words; return its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        # The lines of the nursery carry process ids, and are read by somebody else.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        WORK[words[0]](*words[1:])
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def main() -> None:
    """Answer until the input ends."""
    encode(["提案"])
    # The dead leave no trace for whoever waits for their end.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        sys.stdout.write(f"{start(line.split())}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
