"""People who submit through the real forms, and write down what they were told (提出する人)."""

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from secrets import token_hex
from urllib.parse import urlencode

from bench.serving.sign_in import FORM_TYPE, signed_in
from tests.factories import PASSWORD
from tests.proposals.saving import typed

TIMEOUT_SECONDS = 30
PAUSE_SECONDS = 0.05
# Words of the page that answers a repetition whose first answer nobody noted.
ALREADY = "既に受け付けています"
# The server is not there, or says that it cannot: the same form is sent again.
AGAIN = (502, 503)


@dataclass
class Submitter:
    """One person (提出する人): goes on submitting, each form sent again until it is answered."""

    login: str
    port: int
    headers: dict[str, str] = field(default_factory=dict)
    token: str = ""
    # Title and receipt number of each submission that was acknowledged.
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0

    def sign_in(self) -> None:
        """Sign in through the form."""
        self.headers, self.token = signed_in(self.port, self.login, PASSWORD)

    def go_on(self, is_over: threading.Event) -> None:
        """Submit one after the other; the one in hand is brought to its end."""
        while not is_over.is_set() and not self.faults:
            self.submit_one()

    def submit_one(self) -> None:
        title = f"{self.login} {token_hex(6)}"
        place = self.post("/proposals/new", {**typed(), "title": title})
        self.drafted.append(title)
        if not place:
            # Sent twice, and the first answer was never noted: the draft stands in the list.
            return
        place = self.post(f"{place}/check", {"version": 1}) or self.place_of(place)
        if place.startswith("/proposals/R6-"):
            self.acknowledged.append((title, place.split("/")[2]))
        elif not self.faults:
            self.faults.append(f"{title} is at {place}")

    def place_of(self, draft: str) -> str:
        """Where a draft that was submitted has gone."""
        return self.send("GET", draft)[1]

    def post(self, path: str, form: dict[str, object]) -> str:
        """Send a form until it is answered; return where the answer leads, or nothing."""
        sent = {**form, "form_key": token_hex(16), "csrf_token": self.token}
        status, place, page = self.send("POST", path, urlencode(sent, doseq=True))
        if status == 200 and ALREADY in page:
            self.seen["repetition without place"] += 1
            return ""
        if status != 302 or place.startswith("/login"):
            self.faults.append(f"{path}: {status} {place}")
        return place

    def send(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        """Send until there is an answer that is none of AGAIN."""
        while True:
            started = time.monotonic()
            try:
                answer = self._send_once(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                self.seen[_kind(error)] += 1
            else:
                if answer[0] not in AGAIN:
                    return answer
                self.seen[str(answer[0])] += 1
            finally:
                self.longest = max(self.longest, time.monotonic() - started)
            time.sleep(PAUSE_SECONDS)

    def _send_once(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        try:
            headers = self.headers if body is None else {**self.headers, "Content-Type": FORM_TYPE}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode("utf-8", "replace")
            return answer.status, answer.getheader("Location", ""), page
        finally:
            connection.close()


def _kind(error: Exception) -> str:
    is_refused = isinstance(error, ConnectionRefusedError)
    return "connection refused" if is_refused else "connection broken"
