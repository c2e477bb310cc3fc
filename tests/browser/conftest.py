"""The product as people meet it: the real web server, the demo, a real Chromium.

Pictures of every page looked at are kept in `build/browser/`.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PictureTimeout

from app.accounts.demo_accounts import DEMO_PASSWORD
from config import ROOT

PICTURES = ROOT / "build" / "browser"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# No look-ups of the browser's own: the machine may have no way out.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 320, "height": 700}
START_SECONDS = 60
# Nothing is judged by these: a busy machine takes its time, above all for the first picture.
ACTION_MILLISECONDS = 30_000
PICTURE_MILLISECONDS = 30_000
PICTURE_ATTEMPTS = 3
# A page says that it is leaving; a download says so too, and stays.
NOTE_LEAVING = "addEventListener('beforeunload', () => { window.isLeaving = true; });"
SETTLING_SECONDS = 10
LOOK_AGAIN_MILLISECONDS = 50
AXE_RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


@dataclass
class Visitor:
    """One person at one browser: a page, and everything the browser complained about."""

    page: Page
    base_url: str
    with_script: bool = True
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the product."""
        self.page.goto(self.base_url + path)

    def press(self, label: str) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=label, exact=True).first.click()

    def follow(self, words: str) -> None:
        """Follow the link that contains these words."""
        self.page.get_by_role("link", name=words).first.click()

    def look(self, name: str) -> None:
        """Take a picture of the page; hold it against axe, the CSP and a width of 320 pixels.

        Without JavaScript axe cannot run: the same page is looked at with it elsewhere. A page that
        was still on its way when somebody looked is looked at again.
        """
        try:
            self._look(name)
        except Error as error:
            if "navigation" not in error.message:
                raise
            self.page.wait_for_load_state()
            self._look(name)

    def settle(self) -> None:
        """Wait until the page that was asked for is there: a picture of one that leaves hangs."""
        give_up_at = time.monotonic() + SETTLING_SECONDS
        while self._is_leaving() and time.monotonic() < give_up_at:
            self.page.wait_for_timeout(LOOK_AGAIN_MILLISECONDS)
        self.page.wait_for_load_state()

    def _is_leaving(self) -> bool:
        try:
            return bool(self.page.evaluate("window.isLeaving === true"))
        except Error:
            # The page went while it was asked.
            return True

    def _look(self, name: str) -> None:
        self.settle()
        if not self.with_script:
            self.picture(f"{name}_without_script")
            return
        self.picture(name)
        assert self.complaints == []
        assert violations_of(self.page) == []
        self.page.set_viewport_size(NARROW)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        self.picture(f"{name}_320")
        self.page.set_viewport_size(WIDE)
        assert width <= NARROW["width"], f"{name} scrolls sideways at 320 pixels: {width}"

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page.

        Chromium now and then draws no frame of a page any more; shown anew, it does.
        """
        for attempt in range(PICTURE_ATTEMPTS):
            self.page.bring_to_front()
            try:
                self.page.screenshot(
                    path=PICTURES / f"{name}.png", full_page=True, timeout=PICTURE_MILLISECONDS
                )
            except PictureTimeout:
                if attempt == PICTURE_ATTEMPTS - 1:
                    raise
                self.page.reload()
            else:
                return

    def heading(self) -> str:
        """Words of the page's first heading."""
        return self.page.locator("h1").first.inner_text()


def violations_of(page: Page) -> list[str]:
    """Return what axe finds on a page, one line each."""
    found = Axe().run(page, options=AXE_RULES).response["violations"]
    return [
        f"{page.url} {row['id']}: {row['nodes'][0]['html'][:200]} ({len(row['nodes'])})"
        for row in found
    ]


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the real web server with the demo loaded."""
    with serving(tmp_path_factory.mktemp("browser"), "server.log") as address:
        yield address


@contextmanager
def serving(folder: Path, log_name: str) -> Iterator[str]:
    """Run the real web server on a database of its own with the demo; give its address."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {
        **os.environ,
        "APP_ENV": "development",
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "PORT": str(port),
    }
    for command in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run(
            [beside("flask"), "--app", "wsgi", *command], cwd=ROOT, env=environment, check=True
        )
    with (PICTURES / log_name).open("w") as log:
        server = subprocess.Popen(
            [beside("gunicorn"), "--config", "gunicorn.conf.py", "wsgi:app"],
            cwd=ROOT,
            env=environment,
            stderr=log,
        )
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(address)
        yield address
        server.terminate()
        server.wait(START_SECONDS)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, for as long as the run."""
    # What is expected after an act gets as long as the act itself; the default is 5 seconds.
    expect.set_options(timeout=ACTION_MILLISECONDS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium of the system."""
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
    yield launched
    launched.close()


@pytest.fixture
def visit(browser: Browser, base_url: str) -> Iterator[Callable[..., Visitor]]:
    """Make visitors, signed in or not; `with_script=False` switches JavaScript off."""
    contexts = []

    def make(login: str | None = None, *, with_script: bool = True) -> Visitor:
        context = browser.new_context(
            viewport=WIDE, locale="ja-JP", timezone_id="Asia/Tokyo", java_script_enabled=with_script
        )
        context.set_default_timeout(ACTION_MILLISECONDS)
        context.add_init_script(NOTE_LEAVING)
        contexts.append(context)
        visitor = Visitor(page=context.new_page(), base_url=base_url, with_script=with_script)
        visitor.page.on("console", lambda line: note_complaint(visitor, line.type, line.text))
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        if login is not None:
            sign_in(visitor, login)
        return visitor

    yield make
    for context in contexts:
        context.close()


def note_complaint(visitor: Visitor, kind: str, text: str) -> None:
    """Keep errors and CSP reports; that a page answered 4xx on purpose is none."""
    is_expected_answer = re.search(r"status of 4\d\d", text) is not None
    if kind == "error" and not is_expected_answer:
        visitor.complaints.append(text)


def sign_in(visitor: Visitor, login: str) -> None:
    """Sign in as a person of the demo."""
    visitor.open("/login")
    visitor.page.fill("#login", login)
    visitor.page.fill("#password", DEMO_PASSWORD)
    visitor.press("ログインする")


def wait_until_ready(address: str) -> None:
    """Ask the server until it answers; fail after START_SECONDS."""
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        try:
            with urlopen(f"{address}/readyz") as response:
                if response.status == 200:
                    return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(address)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def beside(name: str) -> str:
    """Path of a command of this virtual environment."""
    return str(Path(sys.executable).parent / name)
