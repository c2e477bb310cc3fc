"""People of one office at a few cases (混み合い): each presses what the page of the case shows."""

import http.client
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from secrets import token_hex
from urllib.parse import urlencode

from bench.serving.sign_in import FORM_TYPE
from tests.authorization.bodies import forms_of

TIMEOUT_SECONDS = 60
# Not refused, not done: the page was shown again, with what is missing.
REFUSED = (403, 404, 409, 422)


@dataclass
class Presser:
    """One person (職員): opens a page of a case, sends its form, and so on."""

    ports: list[int]
    headers: dict[str, str]
    token: str
    pages: list[str]
    chance: random.Random
    done: list[tuple[str, str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seen: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def go_on(self, is_over: threading.Event) -> None:
        while not is_over.is_set():
            self.press_one()

    def press_one(self) -> None:
        case = self.chance.choice(self.pages)
        _, _, text = self.send("GET", case)
        page = self.chance.choice([*set(re.findall(rf'href="({case}/[^"?#]+)"', text)), case])
        status, _, text = self.send("GET", page)
        forms = forms_of(page, text) if status == 200 else {}
        chosen = [path for path in forms if path.startswith(case)]
        if not chosen:
            return
        path = self.chance.choice(chosen)
        sent = {**forms[path], "form_key": [token_hex(16)], "csrf_token": [self.token]}
        status, request_id, _ = self.send("POST", path, urlencode(sent, doseq=True))
        if status == 302:
            self.done.append((case, sent.get("version", [""])[0], request_id))
        elif status in REFUSED:
            self.refused.append(request_id)

    def send(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        """Ask one of the servers; return status, id of the request, and page."""
        began = time.monotonic()
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.chance.choice(self.ports), timeout=TIMEOUT_SECONDS
        )
        try:
            headers = self.headers if body is None else {**self.headers, "Content-Type": FORM_TYPE}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        self.seen[answer.status] += 1
        self.seconds.append(time.monotonic() - began)
        if answer.status >= 500:
            self.faults.append(f"{method} {path}: {answer.status}")
        return answer.status, answer.getheader("X-Request-Id", ""), text
