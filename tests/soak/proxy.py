"""A line to PostgreSQL that can be slow, silent or cut (回線の障害)."""

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

CHUNK_BYTES = 1 << 16
COMMIT = b"COMMIT\x00"
CLAIM = b"INSERT INTO posted_form"


class Proxy:
    """Listens on a port of this machine, and carries what it hears to a server and back.

    `latency` is in seconds, one for each piece that goes to the server; while `is_silent` nothing
    is carried and no line is closed. `cut_at` ("before", "after") cuts one line at the next
    commit of a form, before the server hears of it or after it has answered; with
    `is_gone_after_cut` nobody comes through from then on, until `is_gone` is taken back.
    """

    def __init__(self, url: str) -> None:
        target = make_url(url)
        folder = str(target.query.get("host", ""))
        self._path = next(Path(folder).glob(".s.PGSQL.*[0-9]"), None) if folder else None
        self._address = (target.host or "127.0.0.1", target.port or 5432)
        self.latency = 0.0
        self.is_silent = False
        self.cut_at = ""
        self.cuts = 0
        self.is_gone = False
        self.is_gone_after_cut = False
        self._lines: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        port = self._door.getsockname()[1]
        query = {name: word for name, word in target.query.items() if name != "host"}
        own = target.set(host="127.0.0.1", port=port, query=query)
        self.url = own.render_as_string(hide_password=False)
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """Cut every line."""
        for line in list(self._lines):
            _close(line)

    def close(self) -> None:
        self._door.close()
        self.cut()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                try:
                    far = self._call()
                except OSError:
                    near.close()
                    continue
                self._lines |= {near, far}
                for carry in (self._carry_there, self._carry_back):
                    threading.Thread(target=carry, args=(near, far), daemon=True).start()

    def _call(self) -> socket.socket:
        if self.is_gone:
            raise ConnectionRefusedError
        if self._path is None:
            return socket.create_connection(self._address)
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(self._path))
        return far

    def _carry_there(self, near: socket.socket, far: socket.socket) -> None:
        is_claimed = False
        with suppress(OSError):
            while piece := near.recv(CHUNK_BYTES):
                self._wait()
                is_claimed = is_claimed or CLAIM in piece
                if is_claimed and COMMIT in piece and self.cut_at:
                    is_before, self.cut_at = self.cut_at == "before", ""
                    self.cuts += 1
                    self.is_gone = self.is_gone_after_cut
                    # Nothing comes back any more, whatever the server says.
                    near.shutdown(socket.SHUT_RDWR)
                    if not is_before:
                        far.sendall(piece)
                        time.sleep(0.3)
                    break
                is_claimed = is_claimed and COMMIT not in piece
                far.sendall(piece)
        self._hang_up(near, far)

    def _carry_back(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while piece := far.recv(CHUNK_BYTES):
                while self.is_silent:
                    time.sleep(0.05)
                near.sendall(piece)
        self._hang_up(near, far)

    def _wait(self) -> None:
        time.sleep(self.latency)
        while self.is_silent:
            time.sleep(0.05)

    def _hang_up(self, *lines: socket.socket) -> None:
        for line in lines:
            self._lines.discard(line)
            _close(line)


def _close(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
