"""Two nodes behind the proxy, with the settings of docs/deploy (2台の構成)."""

import http.client
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from config import ROOT
from tests.factories import PASSWORD
from tests.notifications.smtp_server import free_port
from tests.soak.office import Office, wait_for
from tests.soak.submitters import FORM_TYPE, TIMEOUT_SECONDS, Submitter
from tests.test_deployment import compose

HOST = "kyotsu.example.jp"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# Said by the nodes themselves, or by what they ask; the trial has its own.
OWN = ("DATABASE_URL", "STORAGE_URL")


def shipped_settings() -> dict[str, str]:
    """The environment of a node in the compose file, but for database and store (設定)."""
    environment = compose()["services"]["web1"]["environment"]
    # A value that is left empty reads as none.
    return {name: str(value or "") for name, value in environment.items() if name not in OWN}


@dataclass
class Front:
    """The proxy that the product ships, at a port of this machine (前段)."""

    port: int
    certificate: Path

    def connect(self) -> http.client.HTTPSConnection:
        """A line to the proxy, whose certificate is checked."""
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=TIMEOUT_SECONDS, context=trusted
        )


@contextmanager
def front_of(office: Office, folder: Path) -> Iterator[Front]:
    """HAProxy with the shipped file; ports, nodes and certificate alone are those of here."""
    front = Front(free_port(), _certificate(folder))
    text = (ROOT / "docs" / "deploy" / "haproxy.cfg").read_text("utf-8")
    own = {
        "bind :80\n": f"bind 127.0.0.1:{free_port()}\n",
        "bind :443 ssl crt /etc/ssl/kyotsu/combined.pem": (
            f"bind 127.0.0.1:{front.port} ssl crt {front.certificate}"
        ),
        "web1:8000": f"127.0.0.1:{office.port}",
        "web2:8000": f"127.0.0.1:{office.second_port}",
    }
    for theirs, ours in own.items():
        assert text.count(theirs) == 1, theirs
        text = text.replace(theirs, ours)
    file = folder / "haproxy.cfg"
    file.write_text(text, "utf-8")
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            ["haproxy", "-db", "-f", str(file)], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_for(lambda: _answers(front), "the proxy")
        yield front
    finally:
        process.terminate()
        process.wait()


def _certificate(folder: Path) -> Path:
    key, certificate, both = (folder / name for name in ("key.pem", "own.pem", "combined.pem"))
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=trial"
    words += f" -addext subjectAltName=IP:127.0.0.1,DNS:{HOST} -keyout {key} -out {certificate}"
    subprocess.run(["openssl", *words.split()], check=True, capture_output=True)
    both.write_text(certificate.read_text() + key.read_text())
    return both


def _answers(front: Front) -> bool:
    line = front.connect()
    try:
        line.request("GET", "/healthz", headers={"Host": HOST})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


@dataclass
class AtFront(Submitter):
    """One person who submits through the proxy (前段の利用者)."""

    front: Front | None = None

    def sign_in(self) -> None:
        """Sign in through the proxy."""
        _, _, page = self._send_once("GET", "/login", None)
        self._send_once("POST", "/login", urlencode(self._typed(page)))
        _, _, page = self._send_once("GET", "/proposals", None)
        self.token = TOKEN.findall(page)[0]

    def _typed(self, page: str) -> dict[str, str]:
        token = TOKEN.findall(page)[0]
        return {"login": self.login, "password": PASSWORD, "csrf_token": token}

    def _send_once(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        assert self.front is not None
        line = self.front.connect()
        try:
            headers = {**self.headers, "Host": HOST, "Referer": f"https://{HOST}{path}"}
            if body is not None:
                headers["Content-Type"] = FORM_TYPE
            line.request(method, path, body, headers)
            answer = line.getresponse()
            page = answer.read().decode("utf-8", "replace")
            for value in answer.headers.get_all("Set-Cookie") or []:
                self.headers["Cookie"] = value.partition(";")[0]
            return answer.status, answer.getheader("Location", ""), page
        finally:
            line.close()


@dataclass
class Browser:
    """A browser whose requests are handed to a chosen node, as the proxy hands them (利用者)."""

    cookie: str = ""
    token: str = ""

    def ask(self, port: int, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and page of one node; cookie and token of the page are kept."""
        headers = {"Host": HOST, "Cookie": self.cookie, "Accept-Encoding": "identity"}
        headers |= {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
        headers["Referer"] = f"https://{HOST}{path}"
        body = None
        if form is not None:
            headers["Content-Type"] = FORM_TYPE
            body = urlencode({**form, "csrf_token": self.token})
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        try:
            line.request("GET" if form is None else "POST", path, body, headers)
            answer = line.getresponse()
            page = answer.read().decode("utf-8", "replace")
        finally:
            line.close()
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = value.partition(";")[0]
        if found := TOKEN.search(page):
            self.token = found[1]
        return answer.status, page

    def sign_in(self, port: int, login: str, password: str) -> "Browser":
        """Type login and password at a node."""
        self.ask(port, "/login")
        status, page = self.ask(port, "/login", {"login": login, "password": password})
        assert status == 302, (login, status, page[-2000:])
        return self

    def is_in(self, port: int) -> bool:
        """Whether a node shows a page for who is signed in."""
        return self.ask(port, "/rounds")[0] == 200
