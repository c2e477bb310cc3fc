"""The reader of the measurements (計測する側): a process of its own, on loopback alone.

`python -m bench.serving.client` reads a plan as JSON from its input and writes the time of every
answer, in milliseconds, as JSON. Connections are kept; time and number of requests are bounded.
"""

import http.client
import json
import secrets
import sys
import threading
import time
from typing import Any
from urllib.parse import urlencode

TIMEOUT_SECONDS = 60
FORM_TYPE = "application/x-www-form-urlencoded"


class Walk:
    """What the connections of one plan share: requests to make, times found (計測の一巡)."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.requests = list(plan["requests"])
        self.is_once = plan["is_once"]
        self.until = time.perf_counter() + plan["seconds"]
        self.taken = 0
        self.times: list[float] = []
        self.bytes = 0
        self.faults: list[str] = []
        self.lock = threading.Lock()

    def next(self) -> dict[str, Any] | None:
        """The next request, None when the time, the number or the prepared cases are used up."""
        with self.lock:
            number = self.taken
            most = self.plan["most"]
            if self.faults or number >= most or time.perf_counter() > self.until:
                return None
            if self.is_once and number >= len(self.requests):
                return None
            self.taken += 1
        found: dict[str, Any] = self.requests[number % len(self.requests)]
        return found

    def run_connection(self) -> None:
        """Send requests over one kept connection until there are no more."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.plan["port"], timeout=TIMEOUT_SECONDS
        )
        try:
            while (asked := self.next()) is not None:
                self._send(connection, asked)
        except (OSError, http.client.HTTPException) as error:
            self.faults.append(repr(error))
        finally:
            connection.close()

    def _send(self, connection: http.client.HTTPConnection, asked: dict[str, Any]) -> None:
        headers = dict(self.plan["headers"])
        body = None
        if "form" in asked:
            # A form is shown once and sent once: each has a key of its own.
            form = {**asked["form"], "form_key": secrets.token_hex(16)}
            body, headers["Content-Type"] = urlencode(form, doseq=True), FORM_TYPE
        started = time.perf_counter()
        connection.request(asked["method"], asked["path"], body, headers)
        answer = connection.getresponse()
        content = answer.read()
        elapsed = (time.perf_counter() - started) * 1000
        if answer.status != asked["status"] or "/login" in answer.getheader("Location", ""):
            self.faults.append(f"{asked['method']} {asked['path']}: {answer.status}")
        with self.lock:
            self.times.append(elapsed)
            self.bytes = len(content)


def walk(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry a plan out; times, the seconds it took and what went wrong."""
    shared = Walk(plan)
    threads = [threading.Thread(target=shared.run_connection) for _ in range(plan["connections"])]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "times": shared.times,
        "seconds": time.perf_counter() - started,
        "bytes": shared.bytes,
        "faults": shared.faults[:3],
    }


def main() -> None:
    """Answer plan after plan, a line each, until the input ends."""
    for line in sys.stdin:
        print(json.dumps(walk(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
