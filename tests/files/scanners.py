"""A clamd that does as a test says (試験用の検査サーバー), on the loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.files.hostile import EICAR


class FakeClamd:
    """Answers INSTREAM; `behaviour`: real (looks for EICAR), silent, garbage, closed, too large.

    With a `path` it listens there, on a Unix socket, instead of on the loopback.
    """

    def __init__(self, behaviour: str = "real", path: str = "") -> None:
        self.behaviour = behaviour
        self.seen: list[bytes] = []
        self._socket = _listen_at(path) if path else socket.create_server(("127.0.0.1", 0))
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def setting(self) -> str:
        return f"clamd://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._released.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._socket.accept()
            except OSError:
                return
            with link, suppress(OSError):
                self._answer(link)

    def _answer(self, link: socket.socket) -> None:
        if self.behaviour == "closed":
            return
        if self.behaviour == "silent":
            self._released.wait(30)
            return
        stream = link.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(stream.read(4), "big"):
            content += stream.read(size)
        stream.close()
        self.seen.append(content)
        link.sendall(self._words(content))

    def _words(self, content: bytes) -> bytes:
        if self.behaviour == "garbage":
            return b"HTTP/1.1 200 OK\r\n\r\n\0"
        if self.behaviour == "almost":
            return b"stream: OK not\0"
        if self.behaviour == "half":
            return b"stream: O"
        if self.behaviour == "endless":
            return b"stream: OK" * 10_000
        if self.behaviour == "too large":
            return b"INSTREAM size limit exceeded. ERROR\0"
        return b"stream: Eicar-Test FOUND\0" if EICAR in content else b"stream: OK\0"


def _listen_at(path: str) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    return listening


@contextmanager
def fake_clamd(behaviour: str = "real", path: str = "") -> Iterator[FakeClamd]:
    """Run a clamd for the length of the block."""
    server = FakeClamd(behaviour, path)
    try:
        yield server
    finally:
        server.stop()
