"""The virus scanner (ウイルス検査), as SCANNER says: none, a clamd daemon, or a command.

Fail closed: whatever is not a clear answer about the file raises ScannerUnavailable, and the file
goes on waiting (P33).
"""

import shlex
import socket
import subprocess
import tempfile
import time
from typing import BinaryIO, NamedTuple, Protocol
from urllib.parse import urlsplit

from flask import current_app

from app.core.storage import CHUNK
from app.files.labels import NOT_SCANNED
from app.files.models import Verdict

NONE = "none"
DEFAULT_PORT = 3310
CONNECT_SECONDS = 3.0
SCAN_SECONDS = 60.0
LONGEST_ANSWER = 4096  # bytes
LONGEST_NOTE = 200


class ScannerUnavailable(Exception):
    """The scanner gave no answer that can be trusted (検査できない)."""


class Finding(NamedTuple):
    """What the scanner said of one content (検査の結果)."""

    verdict: Verdict
    note: str


class Scanner(Protocol):
    """Judges a content (検査)."""

    def scan(self, content: BinaryIO) -> Finding:
        """Read the content and judge it. Raises ScannerUnavailable."""


class NoScanner:
    """None is set up, and says so: every content passes, marked as not scanned (検査なし)."""

    def scan(self, content: BinaryIO) -> Finding:
        """Let the content pass."""
        return Finding(Verdict.CLEAN, NOT_SCANNED)


class Clamd:
    """A clamd daemon over TCP or a Unix socket, by its command INSTREAM."""

    def __init__(self, address: tuple[str, int] | str, seconds: float = SCAN_SECONDS) -> None:
        self.address = address
        self.seconds = seconds

    def scan(self, content: BinaryIO) -> Finding:
        """Send the content in pieces, read one answer. Raises ScannerUnavailable."""
        until = time.monotonic() + self.seconds
        try:
            with self._connect() as link:
                link.sendall(b"zINSTREAM\0")
                while chunk := content.read(CHUNK):
                    link.settimeout(_left(until))
                    link.sendall(len(chunk).to_bytes(4, "big") + chunk)
                link.sendall(bytes(4))
                answer = _answer(link, until)
        except OSError as error:
            raise ScannerUnavailable(f"clamd: {type(error).__name__}") from error
        return _finding(answer)

    def _connect(self) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, CONNECT_SECONDS)
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(CONNECT_SECONDS)
        try:
            link.connect(self.address)
        except OSError:
            link.close()
            raise
        return link


class Command:
    """A program that is given the path of the content: 0 clean, 1 infected (clamdscan)."""

    def __init__(self, arguments: list[str], seconds: float = SCAN_SECONDS) -> None:
        self.arguments = arguments
        self.seconds = seconds

    def scan(self, content: BinaryIO) -> Finding:
        """Run the program on a copy of the content. Raises ScannerUnavailable."""
        with tempfile.NamedTemporaryFile(prefix="scan-") as copy:
            while chunk := content.read(CHUNK):
                copy.write(chunk)
            copy.flush()
            try:
                # The program and its arguments are the administrator's, the path is ours.
                done = subprocess.run(  # noqa: S603 - nothing of it comes from a request; no shell
                    [*self.arguments, copy.name],
                    capture_output=True,
                    timeout=self.seconds,
                    check=False,
                )
            except (OSError, subprocess.SubprocessError) as error:
                raise ScannerUnavailable(f"command: {type(error).__name__}") from error
        if done.returncode == 0:
            return Finding(Verdict.CLEAN, "")
        if done.returncode == 1:
            said = done.stdout.decode(errors="replace").replace(copy.name, "").splitlines()
            return Finding(Verdict.INFECTED, _note(said[0] if said else ""))
        raise ScannerUnavailable(f"command: exit {done.returncode}")


def current_scanner() -> Scanner:
    """Return the scanner of the settings (検査の方法)."""
    return make_scanner(current_app.config["SETTINGS"].SCANNER)


def is_scanning() -> bool:
    """Whether a scanner is set up at all (検査の有無)."""
    return str(current_app.config["SETTINGS"].SCANNER) != NONE


def make_scanner(setting: str) -> Scanner:
    """Make the scanner that a setting names. Raises ValueError for a setting that names none."""
    if setting == NONE:
        return NoScanner()
    if setting.startswith("command:"):
        return Command(shlex.split(setting.removeprefix("command:")))
    parts = urlsplit(setting)
    if parts.scheme != "clamd":
        raise ValueError("SCANNER")
    if parts.hostname:
        return Clamd((parts.hostname, parts.port or DEFAULT_PORT))
    return Clamd(parts.path)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _answer(link: socket.socket, until: float) -> bytes:
    """Read up to the NUL that ends an answer, the end of the line, or too much."""
    answer = b""
    while not answer.endswith(b"\0"):
        link.settimeout(_left(until))
        piece = link.recv(LONGEST_ANSWER)
        answer += piece
        if not piece or len(answer) > LONGEST_ANSWER:
            raise ScannerUnavailable("clamd: no whole answer")
    return answer.rstrip(b"\0\n")


def _finding(answer: bytes) -> Finding:
    if answer == b"stream: OK":
        return Finding(Verdict.CLEAN, "")
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        name = answer.removeprefix(b"stream: ").removesuffix(b" FOUND")
        return Finding(Verdict.INFECTED, _note(name.decode(errors="replace")))
    # A limit of the daemon: it answers, but will never judge this file.
    if answer.endswith(b"size limit exceeded. ERROR"):
        return Finding(Verdict.FAILED, "検査できる大きさを超えています")
    raise ScannerUnavailable("clamd: unexpected answer")


def _note(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST_NOTE].strip(" :")
