"""The servers of a measurement (計測するサーバー): the product's own and the floor's."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 30
LOOK_SECONDS = 0.1
WORKERS = 2
KILOBYTE = 1024


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server (動作中のサーバー)."""

    port: int
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """Ids of the worker processes."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(word) for word in children.split()]

    def memory(self) -> list[tuple[float, float]]:
        """Resident memory and the share of it that is this worker's alone or its part, MB each."""
        return [memory_of(pid) for pid in self.workers()]


def memory_of(pid: int) -> tuple[float, float]:
    """Resident (RSS) and proportional (PSS) memory of a process, in MB."""
    values = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, _, rest = line.partition(":")
        values[name] = int(rest.split()[0]) / KILOBYTE
    return values["Rss"], values["Pss"]


def product_environment(url: str) -> dict[str, str]:
    """Settings of the product: as in production, but for what needs https and a second factor."""
    return {
        "APP_ENV": "development",
        "DATABASE_URL": url,
        "LOG_FORMAT": "json",
        "SECRET_KEY": "bench-" * 8,
    }


@contextmanager
def product(url: str) -> Iterator[Server]:
    """The product's server (本番のサーバー): gunicorn with gunicorn.conf.py, two workers."""
    with _server("gunicorn.conf.py", "wsgi:app", product_environment(url)) as server:
        yield server


@contextmanager
def floor(url: str, round_id: int, closed_days: str) -> Iterator[Server]:
    """The floor under the same settings of the server (床); it is told the closed days."""
    environment = {
        "FLOOR_DATABASE_URL": url,
        "FLOOR_ROUND": str(round_id),
        "FLOOR_CLOSED_DAYS": closed_days,
    }
    with _server("bench/floor_gunicorn.py", "bench.floor:create_app()", environment) as server:
        yield server


@contextmanager
def _server(config: str, app: str, settings: Mapping[str, str]) -> Iterator[Server]:
    port = free_port()
    environment = {
        **os.environ,
        **settings,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_WORKERS": str(WORKERS),
    }
    command = [str(Path(sys.executable).parent / "gunicorn"), "--config", config, app]
    # Its log goes where a file would take it at no cost to the reader.
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(port, process)
        yield Server(port=port, process=process)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(LOOK_SECONDS)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError("the server did not answer in time")
