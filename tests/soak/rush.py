"""Bodies that submit with files in the last hour (締切前の混み合い): each form is sent once."""

import http.client
import random
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from secrets import token_hex
from urllib.parse import urlencode

from bench.serving.sign_in import FORM_TYPE
from tests.files.browser import BOUNDARY, multipart
from tests.files.documents import noisy_png
from tests.proposals.saving import typed

TIMEOUT_SECONDS = 60
FILES = 3
FILE_BYTES = (300_000, 1_000_000)
VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')

Headers = dict[str, str]


@dataclass
class Figures:
    """What was asked, how long it took, and what was told (計測)."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    # Title and receipt number of each submission that was acknowledged.
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    # How late the latest one began: whoever sends is not to be slower than what is measured.
    latest: float = 0.0

    def all_seconds(self) -> list[float]:
        return sorted(took for row in self.seconds.values() for took in row)

    def share(self, share: float) -> float:
        """The time within which this share of the requests was answered, in seconds (百分位)."""
        found = self.all_seconds()
        return found[min(int(len(found) * share), len(found) - 1)]


@dataclass
class Body:
    """One body (団体) at its browser."""

    port: int
    headers: Headers
    token: str
    figures: Figures
    chance: random.Random

    def submit(self, title: str) -> None:
        """Write a draft, attach the files, check, submit, read the receipt (提出)."""
        try:
            place = self._write_and_attach(title)
            page = self.ask("check", "GET", f"{place}/check")
            receipt = self.send("submit", f"{place}/check", {"version": _version(page)})
            self.ask("receipt", "GET", receipt)
            self.figures.acknowledged.append((title, receipt.split("/")[2]))
        except (OSError, http.client.HTTPException, AssertionError) as error:
            self.figures.faults.append(f"{title}: {error!r}")

    def _write_and_attach(self, title: str) -> str:
        self.ask("form", "GET", "/proposals/new")
        place = self.send("draft", "/proposals/new", {**typed(), "title": title})
        page = self.ask("attachments", "GET", f"{place}/attachments")
        form = {"version": _version(page), "kind": "reference", "field": ""}
        files = [(f"資料{number}.png", self._file()) for number in range(FILES)]
        body = multipart(files, {**form, **self._hidden()})
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        self.ask("files", "POST", f"{place}/attachments", body, kind)
        return place

    def _file(self) -> bytes:
        return noisy_png(self.chance.randint(*FILE_BYTES), self.chance)

    def send(self, what: str, path: str, form: dict[str, object]) -> str:
        """Send a form; return where its answer leads."""
        body = urlencode({**form, **self._hidden()}, doseq=True).encode()
        place = self.ask(what, "POST", path, body, FORM_TYPE)
        assert place.startswith("/proposals/"), f"{what} led to {place}"
        return place

    def ask(self, what: str, method: str, path: str, body: bytes = b"", kind: str = "") -> str:
        """Ask once; return the page, or the place of a redirect. Raises AssertionError."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        try:
            typed_headers = {"Content-Type": kind} if kind else {}
            connection.request(method, path, body or None, {**self.headers, **typed_headers})
            answer = connection.getresponse()
            page = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
            self.figures.seconds[what].append(time.monotonic() - began)
        assert answer.status == (302 if body else 200), f"{method} {path}: {answer.status}"
        return answer.getheader("Location", "") if body else page

    def _hidden(self) -> dict[str, object]:
        return {"form_key": token_hex(16), "csrf_token": self.token}


def run_rush(bodies: list[Body], submissions: int, rate: float, figures: Figures) -> None:
    """Begin so many submissions a second, whether or not those before are answered (到着)."""
    threads = []
    start = time.monotonic()
    for number in range(submissions):
        moment = start + number / rate
        time.sleep(max(moment - time.monotonic(), 0))
        figures.latest = max(figures.latest, time.monotonic() - moment)
        body = bodies[number % len(bodies)]
        thread = threading.Thread(target=body.submit, args=(f"締切前の提案{number}",), daemon=True)
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()


def _version(page: str) -> str:
    found = VERSION.search(page)
    assert found is not None, "the page holds no version"
    return found[1]
