"""Web server and scheduler in one foreground command (起動)."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from config import ROOT, Settings

LOOK_SECONDS = 0.2
# The web server ends what it is doing within 30 s (gunicorn.conf.py), after it was drained.
STOP_SECONDS = 35


@click.command("serve", help="Webサーバーと定期処理を前面で動かす（Ctrl-C ですべて終了）。")
@with_appcontext
def serve_command() -> None:
    """Run gunicorn and one scheduler; when either ends, or on a signal, both end (起動)."""
    settings: Settings = current_app.config["SETTINGS"]
    click.echo(f"{settings.public_url()} で動いています。終了するには Ctrl-C を押してください。")
    stop_seconds = STOP_SECONDS + settings.DRAIN_SECONDS
    sys.exit(run_together([web_command(), scheduler_command_line()], stop_seconds))


def web_command() -> list[str]:
    """Command line of the web server."""
    return [_beside("gunicorn"), "--config", str(ROOT / "gunicorn.conf.py"), "wsgi:app"]


def scheduler_command_line() -> list[str]:
    """Command line of the scheduler."""
    return [_beside("flask"), "--app", "wsgi", "scheduler"]


def run_together(commands: Sequence[Sequence[str]], stop_seconds: int = STOP_SECONDS) -> int:
    """Run the commands side by side until one ends or a signal comes; end all of them.

    Each is asked to end at once, and killed when it has not after `stop_seconds`.
    Returns the exit code of the one that ended by itself, 0 after a signal.
    """
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # A session of their own: Ctrl-C reaches this process only, which ends them in order.
    running = [
        subprocess.Popen(command, cwd=ROOT, start_new_session=True)  # noqa: S603 - our own commands
        for command in commands
    ]
    while not stopping and all(process.poll() is None for process in running):
        time.sleep(LOOK_SECONDS)
    code = next((process.returncode for process in running if process.returncode), 0)
    limit = time.monotonic() + stop_seconds
    for process in running:
        process.terminate()
    for process in running:
        _end(process, limit)
    return 0 if stopping else code


def _end(process: subprocess.Popen[bytes], limit: float) -> None:
    try:
        process.wait(max(limit - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _beside(name: str) -> str:
    return str(Path(sys.executable).parent / name)
